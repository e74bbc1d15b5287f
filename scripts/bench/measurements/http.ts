import { mkdirSync, rmSync } from 'node:fs'
import type { Measurement } from '../bench.ts'
import { inTurn } from '../in-turn.ts'
import { appendInTurn } from '../phases/append.ts'
import { ratios } from '../stats.ts'

export interface HttpRates {
  /** Events a second in requests of a hundred. */
  readonly batchEventsPerS: number
  /** Requests a second of one event each. */
  readonly singleRequestsPerS: number
  /** Latency of these, ms. */
  readonly p50Ms: number
  readonly p99Ms: number
}

/** @param folder a data folder that is empty */
export type MeasureHttp = (folder: string, events: number) => Promise<HttpRates>

/** Events over HTTP, against appends of a hundred without it. */
export const httpMeasurement = (measureHttp: MeasureHttp): Measurement => ({
  name: 'http',
  async measure(bench) {
    const { events, runs } = bench
    const log = await bench.log()
    const { append, http } = await inTurn(runs, {
      append: () =>
        bench.run('append by 100', appendInTurn, { log, folder: bench.fresh('append'), batch: 100, isAlone: true }),
      async http() {
        const folder = bench.fresh('http')
        mkdirSync(folder)
        const rates = await measureHttp(folder, events)
        rmSync(folder, { recursive: true })
        return rates
      },
    })
    const batches = http.map(({ batchEventsPerS }) => batchEventsPerS)
    const appends = append.map(({ result }) => result.log.all)
    const singles = http.map(({ singleRequestsPerS }) => singleRequestsPerS)
    return [
      { name: 'http/batches', label: 'HTTP, requests of 100', unit: 'events/s', events, values: batches },
      { name: 'http/append', label: 'limit: append by 100', unit: 'events/s', events, values: appends },
      {
        name: 'http/of-append',
        label: 'HTTP by 100, of append by 100',
        unit: 'ratio',
        events,
        values: ratios(batches, appends),
      },
      { name: 'http/singles', label: 'HTTP, one event a request', unit: 'requests/s', events, values: singles },
      { name: 'http/p50', label: 'HTTP, p50', unit: 'ms', events, values: http.map(({ p50Ms }) => p50Ms) },
      { name: 'http/p99', label: 'HTTP, p99', unit: 'ms', events, values: http.map(({ p99Ms }) => p99Ms) },
    ]
  },
})

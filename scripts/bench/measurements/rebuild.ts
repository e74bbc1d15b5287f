import type { Measurement } from '../bench.ts'
import type { Figure } from '../figure.ts'
import { rebuilds } from '../rebuilds.ts'
import { ratios } from '../stats.ts'

/** Tables from nothing, against reading and parsing the log alone, and against inserting the same rows alone. */
export const rebuild: Measurement = {
  name: 'rebuild',
  async measure(bench) {
    const { events } = bench
    const { read, fold, insert } = await rebuilds(bench)
    const rates = fold.map(({ result }) => result.events / result.seconds)
    const json = read.map(({ result }) => result.json)
    const decoded = read.map(({ result }) => result.decoded)
    const inserted = insert.map(({ result }) => events / result.seconds)
    const perCpuSecond = fold.map(({ result }) => result.events / result.cpuSeconds)
    const jsonPerCpuSecond = read.map(({ result }) => result.jsonPerCpuSecond)
    const perMillion = fold.map(({ result }) => (result.cpuSeconds / result.events) * 1e6)
    const figures: Figure[] = [
      { name: 'rebuild/rate', label: 'rebuild', unit: 'events/s', events, values: rates },
      { name: 'rebuild/read', label: 'limit: read and JSON.parse', unit: 'events/s', events, values: json },
      { name: 'rebuild/decode', label: 'limit: read and decode', unit: 'events/s', events, values: decoded },
      { name: 'rebuild/insert', label: 'limit: insert the same rows', unit: 'events/s', events, values: inserted },
      {
        name: 'rebuild/of-read',
        label: 'rebuild, of reading and parsing',
        unit: 'ratio',
        events,
        values: ratios(rates, json),
      },
      {
        name: 'rebuild/cpu-of-read',
        label: 'rebuild, of reading and parsing, by the processor',
        unit: 'ratio',
        events,
        values: ratios(perCpuSecond, jsonPerCpuSecond),
      },
      {
        name: 'rebuild/of-decode',
        label: 'rebuild, of reading and decoding',
        unit: 'ratio',
        events,
        values: ratios(rates, decoded),
      },
      {
        name: 'rebuild/of-insert',
        label: 'rebuild, of inserting alone',
        unit: 'ratio',
        events,
        values: inserted.length > 0 ? ratios(rates, inserted) : [],
      },
      { name: 'rebuild/cpu', label: 'rebuild, processor', unit: 'CPU s/1M events', events, values: perMillion },
      {
        name: 'rebuild/rows',
        label: 'rows written',
        unit: 'rows',
        events,
        values: fold.map(({ result }) => result.rows),
      },
    ]
    return figures.filter(({ values }) => values.length > 0)
  },
}

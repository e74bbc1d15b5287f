// What the hash chain costs the projection: the same log folded with it and without, in turn, in one run.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { createChain, openSeals } from '@vouch/chain'
import { openSqliteStore, type SqliteStore } from '@vouch/event-store'
import { createAdmission } from '@vouch/ingestion'
import { attribution } from '@vouch/projection-attribution'
import { events } from '@vouch/projection-events'
import { Projector } from '@vouch/projector'
import { openChdbWarehouse } from '@vouch/warehouse'
import { isLeft } from 'fp-ts/lib/Either.js'

const size = Number(process.argv[2] ?? 50_000)
const rounds = Number(process.argv[3] ?? 5)
const projections = [events, attribution]
const folder = mkdtempSync(join(tmpdir(), 'vouch-bench-chain-'))

/** Visitors who click a few times, of whom some buy. */
function eventAt(index: number): Record<string, unknown> {
  const visitor = `v-${Math.floor(index / 7)}`
  const time = new Date(Date.UTC(2026, 2, 1) + index * 1_000).toISOString()
  const common = { specversion: '1.0', id: `e-${index}`, source: 'bench', time }
  const of = (type: string, data: object) => ({
    ...common,
    type: `vouch.${type}.v1`,
    data: { programId: 'p', ...data },
  })
  if (index === 0) return of('program.published', { currency: 'EUR', effectiveFrom: '2026-01-01T00:00:00Z' })
  if (index <= 50) return of('code.issued', { advocateId: `a-${index}`, code: `C${index}` })
  if (index % 28 !== 27) return of('click', { visitorId: visitor, code: `C${1 + (index % 50)}`, channel: 'mail' })
  return of('conversion', {
    visitorId: visitor,
    conversionId: `o-${index}`,
    amount: { value: '49.90', currency: 'EUR' },
  })
}

async function fill(store: SqliteStore): Promise<void> {
  const admission = createAdmission({ store, clock: () => Date.UTC(2026, 5, 1) })
  for (let from = 0; from < size; from += 1_000) {
    const items = Array.from({ length: Math.min(1_000, size - from) }, (_, index) => ({
      tag: 'value' as const,
      value: eventAt(from + index),
    }))
    const answer = await admission.admit(items, { scopes: new Set(['ingest', 'admin'] as const) })()
    if (isLeft(answer)) throw new Error(answer.left.message)
  }
}

interface Took {
  readonly seconds: number
  /** Of the processor, by all threads: what other work on the machine disturbs less. */
  readonly cpuSeconds: number
}

/** Folds the log, its last seal included. */
async function fold(store: SqliteStore, round: string, isChained: boolean): Promise<Took> {
  const own = join(folder, round)
  mkdirSync(join(own, 'state'), { recursive: true })
  const clock = () => Date.UTC(2026, 5, 1)
  const tables = projections.map((projection) => projection.tables)
  const warehouse = await openChdbWarehouse({ path: join(own, 'warehouse'), tables, clock })
  await warehouse.migrate()
  const seals = openSeals(join(own, 'seals.db'))
  const chain = createChain({ store, seals, clock })
  const onFolded = isChained ? chain.offer : undefined
  const projector = await Projector.open({ store, warehouse, projections, folder: join(own, 'state'), clock, onFolded })
  const from = performance.now()
  const cpuFrom = process.cpuUsage()
  await projector.catchUp()
  if (isChained) await chain.catchUp()
  const seconds = (performance.now() - from) / 1_000
  const { user, system } = process.cpuUsage(cpuFrom)
  await projector.close()
  seals.close()
  await warehouse.close()
  rmSync(own, { recursive: true })
  return { seconds, cpuSeconds: (user + system) / 1e6 }
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] as number

const opened = openSqliteStore({ path: join(folder, 'log.db') })
if (isLeft(opened)) throw new Error(opened.left.message)
const store = opened.right
try {
  await fill(store)
  await fold(store, 'warm-up', true)
  const plain: Took[] = []
  const chained: Took[] = []
  for (let round = 0; round < rounds; round++) {
    plain.push(await fold(store, `plain-${round}`, false))
    chained.push(await fold(store, `chained-${round}`, true))
    console.error(`round ${round + 1} of ${rounds}`)
  }
  const costs = (of: (took: Took) => number): string => {
    const [without, withChain] = [median(plain.map(of)), median(chained.map(of))]
    const rates = [without, withChain].map((seconds) => String(Math.round(size / seconds)).padStart(10)).join('')
    return `${rates}${((1 - without / withChain) * 100).toFixed(1).padStart(9)} %`
  }
  console.log(`${size} events, medians of ${rounds} runs each, in turn`)
  console.log('                     alone with chain    costs')
  console.log(`events/s        ${costs(({ seconds }) => seconds)}`)
  console.log(`events/CPU s    ${costs(({ cpuSeconds }) => cpuSeconds)}`)
} finally {
  await store.close()
  rmSync(folder, { recursive: true })
}

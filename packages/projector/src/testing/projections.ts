import type { FoldState, LoggedEvent, Projection, Row } from '../projection.ts'

const tables = new URL('../fixtures/tables.sql', import.meta.url)

/** The tables of all projections here. */
export const fixtureTables: readonly URL[] = [tables]

/** Without a state: one row an event. */
export const entries: Projection = {
  name: 'entries',
  version: 1,
  tables,
  fold: (_state, { event }) => [{ table: 'entries', values: { event_id: event.id } }],
}

interface Visitor {
  visits: number
}

interface Total {
  visits: number
  chain: number
}

/**
 * Its rows show every event that its state has lost, seen twice or seen in another order. It uses all of a state: values
 * changed in place, sets that grow and shrink, and keys.
 */
export const visits: Projection = {
  name: 'visits',
  version: 1,
  tables,
  fold: (state, logged) => [...foldVisit(state, logged)].flat(),
}

/** The same, with every third event in parts. */
export const visitsInParts: Projection = {
  ...visits,
  foldInParts: (state, logged) => (logged.position % 3n === 2n ? foldVisit(state, logged) : undefined),
}

export const fixtureProjections: readonly Projection[] = [entries, visits]

function* foldVisit(state: FoldState, { event, position, recordedAt }: LoggedEvent): Generator<readonly Row[]> {
  if (event.type !== 'vouch.click.v1') throw new Error('only clicks are visits')
  const { visitorId, code } = event.data
  const visitor = state.get<Visitor>('visitor', visitorId) ?? { visits: 0 }
  visitor.visits++
  state.put('visitor', visitorId, visitor)
  yield []
  const nth = state.get<Visitor>('visitor', visitorId)?.visits ?? 0
  const total = state.get<Total>('total', '') ?? { visits: 0, chain: 0 }
  total.visits++
  total.chain = (total.chain * 31 + Number(position) + visitorId.length) % 1_000_003
  state.put('total', '', total)
  if (nth % 4 === 0) state.remove('on-code', code, visitorId)
  else state.add('on-code', code, visitorId)
  const row: Row = {
    table: 'visits',
    values: {
      visitor_id: visitorId,
      nth,
      total: total.visits,
      chain: total.chain,
      on_code: state.members('on-code', code).length,
      recorded_at: new Date(recordedAt).toISOString().slice(0, 23).replace('T', ' '),
    },
  }
  const again = total.visits % 3 === 0 ? [row] : []
  yield [row]
  if (nth === 1) {
    const known = state.keys('visitor', visitorId.slice(0, 3))
    yield [{ table: 'visitors', values: { visitor_id: visitorId, known } }]
  }
  yield again
}

/** The rows of a log, as a plain fold in memory gives them. */
export function foldAll(
  state: FoldState,
  projections: readonly Projection[],
  log: readonly LoggedEvent[],
): { table: string; position: string; line: number; [column: string]: unknown }[] {
  return log.flatMap((logged) => {
    const lines = new Map<string, number>()
    return projections.flatMap((projection) =>
      projection.fold(state, logged, []).map(({ table, values }) => {
        const line = lines.get(table) ?? 0
        lines.set(table, line + 1)
        return { ...values, table, position: String(logged.position), line }
      }),
    )
  })
}

import { type LoggedEvent, type LogOptions, randomLog } from '@vouch/testing'
import { describe, expect, it } from 'vitest'
import { differencesAtEnd, differencesThroughout } from './differential.ts'
import { firstDifference, seedRange } from './differential-report.ts'
import { replay } from './replay.ts'

/**
 * The oracle of @vouch/testing works everything out from the whole log, by brute force, and shares no code with the fold.
 * VOUCH_SEEDS=1..20000 tries other logs than these few.
 */
const seeds = seedRange(process.env.VOUCH_SEEDS ?? '1..200')
const name = `seeds ${seeds.first}..${seeds.last}`
const count = seeds.last - seeds.first + 1
/** Fewer logs are long, or gone through position by position, each of which costs an audit of its own. */
const some = { first: seeds.first, last: seeds.first + Math.ceil(count / 10) - 1 }
const patienceMs = 60_000 + count * 200

const kinds: [string, Partial<LogOptions>][] = [
  ['any logs', {}],
  ['logs longer than look-back and horizon', { bounded: false }],
  ['logs without caps and tiers', { caps: false, tiers: false }],
]

describe(`the fold and the oracle, ${name}`, () => {
  it.each(kinds)(
    'agree on what stands at the end of %s',
    (_, options) => {
      expect(firstDifference({ ...seeds, options, differences: differencesAtEnd })).toBeUndefined()
    },
    patienceMs,
  )

  it(
    'agree on what stands at the end of logs that arrive in another order',
    () => {
      const search = { ...seeds, options: { late: false }, shuffled: true }
      expect(firstDifference({ ...search, differences: differencesAtEnd })).toBeUndefined()
    },
    patienceMs,
  )

  it(
    `agree on what stands at the end of long logs, seeds ${some.first}..${some.last}`,
    () => {
      const options = { facts: [60, 100] } as const
      expect(firstDifference({ ...some, options, differences: differencesAtEnd })).toBeUndefined()
    },
    patienceMs,
  )

  it.each(kinds)(
    `agree on what was known at each position of %s, seeds ${some.first}..${some.last}`,
    (_, options) => {
      expect(firstDifference({ ...some, options, differences: differencesThroughout })).toBeUndefined()
    },
    patienceMs,
  )
})

describe('a difference', () => {
  const busy = busiestLog()
  const rows = replay(busy)

  it.each<[string, (values: Values) => boolean]>([
    ['touches', () => true],
    ['conversions', ({ amount }) => Number(amount) !== 0],
    ['attributions', () => true],
    ['rewards', () => true],
    ['exclusions', ({ subject }) => subject !== 'touch'],
    ['exclusions', ({ subject, conversion_id }) => subject === 'touch' && conversion_id !== ''],
  ])('is seen if a row of %s is lost', (table, matters) => {
    const lost = rows.findLastIndex((row) => row.table === table && matters(row.values as Values))
    expect(lost).toBeGreaterThanOrEqual(0)
    const without = rows.filter((_, index) => index !== lost)
    expect(differencesAtEnd(busy, without)).not.toEqual([])
  })

  it('is seen at the position where it arises, not only at the end', () => {
    const moved = rows.map((row) => (row.table === 'rewards' ? { ...row, position: row.position + 1 } : row))
    expect(
      differencesAtEnd(
        busy,
        moved.map((row) => ({ ...row, position: Math.min(row.position, busy.length) })),
      ),
    ).toEqual([])
    expect(differencesThroughout(busy, moved).map(({ view }) => view)).toContain('rewards')
  })

  it('is told with the smallest log that shows it', () => {
    const told = firstDifference({
      first: 1,
      last: 1,
      options: { versions: 1 },
      differences: (log) =>
        log.flatMap(({ position, event }) =>
          event.type === 'vouch.click.v1' ? [{ position, view: 'clicks', key: event.id, fold: '1', oracle: '-' }] : [],
        ),
    })
    expect(told?.split('\n').slice(0, 2)).toEqual([
      expect.stringMatching(/^randomLog\(1, \{"versions":1\}\), 1 of \d+ events:$/),
      expect.stringMatching(/^ {2}\d+ click (summer|winter) \S+ at \S+Z, recorded \S+Z \{"code":/),
    ])
    expect(told?.split('\n').slice(3)).toEqual(['    fold:   1', '    oracle: -'])
  })

  it.each(['', '1', '1-3', '3..1', 'all'])('is not looked for in the seeds %j', (text) => {
    expect(() => seedRange(text)).toThrow(
      `VOUCH_SEEDS is ${JSON.stringify(text)}; write a range of seeds such as 1..300`,
    )
  })
})

type Values = Readonly<Record<string, string>>

/** Of the first few logs, the one with most rows. */
function busiestLog(): readonly LoggedEvent[] {
  const logs = Array.from({ length: 20 }, (_, seed) => randomLog(seed))
  const sizes = logs.map((log) => replay(log).length)
  return logs[sizes.indexOf(Math.max(...sizes))] ?? []
}

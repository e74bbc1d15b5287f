import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { logs, rowsOfLog } from './logs.ts'
import { scaled } from './replay.ts'

const one = 1_000_000_000n

type Values = Readonly<Record<string, string>>

const keyOf = (values: Values) => `${values.program_id}|${values.conversion_id}`

/** Calls back after the rows of each position, with the sums up to there of what changed at it. */
function afterEachPosition(
  rows: ReturnType<typeof rowsOfLog>,
  look: (conversion: string, models: ReadonlyMap<string, { credit: bigint; amount: bigint }>, net: bigint) => void,
): void {
  const nets = new Map<string, bigint>()
  const models = new Map<string, Map<string, { credit: bigint; amount: bigint }>>()
  for (const position of new Set(rows.map((row) => row.position))) {
    const changed = new Set<string>()
    for (const row of rows.filter((it) => it.position === position)) {
      const values = row.values as Values
      if (row.table !== 'conversions' && row.table !== 'attributions') continue
      const key = keyOf(values)
      changed.add(key)
      if (row.table === 'conversions') nets.set(key, (nets.get(key) ?? 0n) + scaled(`${values.amount}`))
      else {
        const ofKey = models.get(key) ?? new Map<string, { credit: bigint; amount: bigint }>()
        const sum = ofKey.get(`${values.model}`) ?? { credit: 0n, amount: 0n }
        sum.credit += scaled(`${values.credit}`)
        sum.amount += scaled(`${values.amount}`)
        models.set(key, ofKey.set(`${values.model}`, sum))
      }
    }
    for (const key of changed) look(key, models.get(key) ?? new Map(), nets.get(key) ?? 0n)
  }
}

describe('for each conversion, after every event', () => {
  it('credits sum to one under every model or under none, and amounts to the net', () => {
    let seen = 0
    fc.assert(
      fc.property(logs(), (log) => {
        afterEachPosition(rowsOfLog(log), (conversion, models, net) => {
          const credits = new Set([...models.values()].map(({ credit }) => credit))
          expect(credits.size, conversion).toBeLessThanOrEqual(1)
          const [credit = 0n] = credits
          expect([0n, one], conversion).toContain(credit)
          for (const { amount } of models.values()) expect(amount, conversion).toBe(credit === one ? net : 0n)
          if (credit === one) expect(models.size, conversion).toBe(5)
          if (credit === one) seen += 1
        })
      }),
      { numRuns: 200 },
    )
    expect(seen).toBeGreaterThan(200)
  })

  it('its net is never below zero, nor is what any touch or reward stands at', () => {
    fc.assert(
      fc.property(logs(), (log) => {
        const sums = new Map<string, bigint>()
        for (const { table, values } of rowsOfLog(log)) {
          const it = values as Values
          const id =
            table === 'conversions' ? '' : table === 'attributions' ? `${it.model} ${it.touch_id}` : it.reward_id
          if (id === undefined || it.rule_id === 'by-hand' || it.amount === undefined) continue
          const key = `${table} ${keyOf(it)} ${id} ${it.terms_version}`
          const sum = (sums.get(key) ?? 0n) + scaled(it.amount)
          sums.set(key, sum)
          expect(sum, key).toBeGreaterThanOrEqual(0n)
        }
      }),
      { numRuns: 200 },
    )
  })
})

describe('an exclusion', () => {
  it('stands once or not at all, after every row', () => {
    fc.assert(
      fc.property(logs(), (log) => {
        const standing = new Map<string, number>()
        for (const { table, values } of rowsOfLog(log)) {
          if (table !== 'exclusions') continue
          const { sign, occurred_at: _when, recorded_at: _known, ...rest } = values
          const key = JSON.stringify(rest)
          standing.set(key, (standing.get(key) ?? 0) + Number(sign))
          expect([0, 1], key).toContain(standing.get(key))
        }
      }),
      { numRuns: 200 },
    )
  })
})

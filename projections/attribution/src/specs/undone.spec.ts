import { formatMinor, toMinor } from '@vouch/domain'
import type { LoggedEvent } from '@vouch/testing'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { continued, logs, orderless, rowsOfLog, sumsOf } from './logs.ts'

interface Remaining {
  readonly programId: string
  readonly conversionId: string
  readonly currency: string
  readonly minor: bigint
}

/** The conversions that stand at more than nothing, with what is left of them. */
function remaining(rows: ReturnType<typeof rowsOfLog>): Remaining[] {
  const found = new Map<string, Remaining>()
  for (const { table, values } of rows) {
    if (table !== 'conversions') continue
    const { program_id, conversion_id, currency, amount } = values as Record<string, string>
    const key = `${program_id} ${conversion_id}`
    const minor = toMinor({ value: `${amount}`, currency: `${currency}` }) + (found.get(key)?.minor ?? 0n)
    found.set(key, { programId: `${program_id}`, conversionId: `${conversion_id}`, currency: `${currency}`, minor })
  }
  return [...found.values()].filter(({ minor }) => minor > 0n)
}

describe('a refund of all that is left of a conversion', () => {
  it('leaves nothing of its amounts and of the rewards for it', () => {
    let seen = 0
    fc.assert(
      fc.property(logs(), fc.nat(), fc.nat(200), (log, chosen, hours) => {
        const open = remaining(rowsOfLog(log))
        const it = open[chosen % open.length]
        if (!it) return
        const { programId, conversionId, currency, minor } = it
        const amount = { value: formatMinor(minor, currency), currency }
        const time = (log[0]?.event.time ?? 0) + hours * 3_600_000
        const rows = rowsOfLog(
          continued(log, { type: 'refund', time, data: { programId, conversionId, refundId: 'the-last', amount } }),
        )
        const sums = new Map<string, bigint>()
        for (const { table, values } of rows) {
          const { program_id, conversion_id, rule_id, model = '', ...rest } = values as Record<string, string>
          if (program_id !== programId || conversion_id !== conversionId || rule_id === 'by-hand') continue
          if (rest.amount === undefined) continue
          const key = `${table} ${model} ${rest.touch_id ?? ''} ${rest.reward_id ?? ''} ${rest.terms_version ?? ''}`
          const sum = (sums.get(key) ?? 0n) + toMinor({ value: rest.amount, currency: `${rest.currency}` })
          sums.set(key, sum)
        }
        expect([...sums].filter(([, sum]) => sum !== 0n)).toStrictEqual([])
        seen += sums.size
      }),
      { numRuns: 200 },
    )
    expect(seen).toBeGreaterThan(200)
  })
})

describe('a link that is denied again', () => {
  const pairsIn = (log: readonly LoggedEvent[]) => {
    const programId = String(log[0]?.event.data.programId ?? 'summer')
    const own = log.map(({ event }) => event.data).filter((data) => data.programId === programId)
    const said = new Set(own.map((data) => `${data.visitorId} ${data.customerId}`))
    const known = (field: string) => [...new Set(own.flatMap((data) => (data[field] ? [String(data[field])] : [])))]
    const visitors = [...known('visitorId'), 'a-new-visitor']
    const customers = [...known('customerId'), 'a-new-customer']
    const fresh = visitors.flatMap((visitorId) => customers.map((customerId) => ({ programId, visitorId, customerId })))
    return fresh.filter(({ visitorId, customerId }) => !said.has(`${visitorId} ${customerId}`))
  }

  it('leaves everything as it was', () => {
    let seen = 0
    fc.assert(
      fc.property(orderless(), fc.nat(), (log, chosen) => {
        const pairs = pairsIn(log)
        const data = pairs[chosen % pairs.length]
        if (!data) return
        const time = log.at(-1)?.event.time ?? 0
        const linked = continued(log, { type: 'identities.linked', time, data })
        const unlinked = continued(
          log,
          { type: 'identities.linked', time, data },
          { type: 'identities.unlinked', time: time + 1, data },
        )
        const before = sumsOf(rowsOfLog(log))
        if (JSON.stringify(sumsOf(rowsOfLog(linked))) !== JSON.stringify(before)) seen += 1
        expect(sumsOf(rowsOfLog(unlinked))).toStrictEqual(before)
      }),
      { numRuns: 300 },
    )
    expect(seen).toBeGreaterThan(20)
  })
})

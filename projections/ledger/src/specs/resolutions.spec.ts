import { formatMinor, type StatementLine } from '@vouch/domain'
import { auditBooks } from '@vouch/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { units } from './books.ts'
import type { Desk } from './desk.ts'
import { awkward, settled, stories } from './resolver.ts'

/** What left each account by what statements say and people decided, in units of 1e-4, without fees; by brute force. */
function cashSaid(desk: Desk): Record<string, bigint> {
  const found: Record<string, bigint> = {}
  const add = (provider: string, value: string, currency: string, sign: bigint) => {
    const key = `asset:cash:${provider.replaceAll(' ', '%20')} ${currency}`
    found[key] = (found[key] ?? 0n) + sign * units(value)
  }
  const say = ({ provider, amountMinor, currency }: StatementLine, sign: bigint) =>
    add(provider, formatMinor(amountMinor, currency), currency, sign)
  for (const { class: of, said, instruction, resolution } of desk.judged()) {
    if (of === 'unexpected' || of === 'duplicate') {
      const [line] = said
      if (line === undefined || resolution?.as === 'disregard' || line.status === 'failed') continue
      say(line, line.status === 'settled' ? -1n : 1n)
    } else if (said.length === 0 && resolution?.as === 'accept' && instruction !== undefined) {
      const { amountMinor, currency } = instruction
      add(resolution.provider ?? '', formatMinor(amountMinor, currency), currency, -1n)
    } else if (said[0]?.status === 'settled') {
      say(said[0], -1n)
      if (said[1] !== undefined) say(said[1], 1n)
    }
  }
  return Object.fromEntries(Object.entries(found).filter(([, sum]) => sum !== 0n))
}

/** What is in accounts, but for fees. */
function cashBooked(desk: Desk): Record<string, bigint> {
  const found: Record<string, bigint> = {}
  for (const { values } of desk.books.entries) {
    if (!values.account?.startsWith('asset:cash:') || values.movement === 'charged') continue
    const key = `${values.account} ${values.currency}`
    found[key] = (found[key] ?? 0n) + units(values.amount)
  }
  return Object.fromEntries(Object.entries(found).filter(([, sum]) => sum !== 0n))
}

describe('whatever providers say and people decide, in whatever order', () => {
  it('in the end nothing needs a person, nothing is in transit, and accounts have what statements say, once', () => {
    const ways = new Set<string>()
    fc.assert(
      fc.property(stories, (story) => {
        const desk = settled(story)
        for (const { data } of desk.resolved) ways.add(`${data.class} ${data.resolution}`)
        expect(desk.judged().filter((it) => it.needsPerson)).toStrictEqual([])
        expect(cashBooked(desk)).toStrictEqual(cashSaid(desk))
        const { balances } = desk
        for (const currency of ['EUR', 'JPY', 'USD']) {
          const own = Object.entries(balances).filter(([name]) => name.endsWith(currency))
          expect(own.reduce((sum, [, of]) => sum + of, 0n)).toBe(0n)
        }
        const awaited = desk.judged().filter((it) => it.class === 'awaiting')
        const due = awaited.map(({ instruction }) => {
          const { amountMinor = 0n, currency = '' } = instruction ?? {}
          return [`liability:in-transit:summer-1 ${currency}`, units(formatMinor(amountMinor, currency))] as const
        })
        for (const currency of ['EUR', 'JPY']) {
          const key = `liability:in-transit:summer-1 ${currency}`
          const sum = due.filter(([name]) => name === key).reduce((all, [, of]) => all + of, 0n)
          expect(-(balances[key] ?? 0n)).toBe(sum)
        }
        // The same word again changes nothing.
        for (const { data } of desk.resolved.slice(-1))
          expect(['done', 'nothing-open']).toContain(
            desk.resolve({
              reference: data.reference,
              as: data.resolution,
              rate: data.rate,
              line: data.class === 'unexpected' || data.class === 'duplicate' ? data.lines[0]?.id : 'instruction',
            }),
          )
      }),
      { seed: 8, numRuns: 150 },
    )
    // Settled, failed and returned are those that the books have otherwise.
    expect([...ways].sort()).toStrictEqual([
      'amount-differs accept',
      'amount-differs retry',
      'amount-differs write-off',
      'currency-differs accept',
      'currency-differs retry',
      'currency-differs write-off',
      'duplicate accept',
      'duplicate disregard',
      'duplicate write-off',
      'failed accept',
      'failed retry',
      'failed write-off',
      'missing accept',
      'missing retry',
      'missing write-off',
      'returned accept',
      'returned retry',
      'returned write-off',
      'settled accept',
      'unexpected accept',
      'unexpected disregard',
      'unexpected write-off',
    ])
  })

  it('the books are what the auditor makes of the log', () => {
    let shared = 0
    fc.assert(
      fc.property(stories, (story) => {
        const desk = settled(story)
        expect(auditBooks(desk.books.log, desk.books.rows)).toStrictEqual([])
        for (const { id } of desk.resolved) {
          const own = desk.books.entries.filter(({ values }) => values.transaction_id?.startsWith(`${id}/`))
          if (new Set(own.map(({ values }) => values.party_id)).size > 1) shared++
        }
      }),
      { seed: 9, numRuns: 30 },
    )
    expect(shared).toBeGreaterThan(10)
    const { books } = awkward()
    expect(auditBooks(books.log, books.rows)).toStrictEqual([])
  })
})

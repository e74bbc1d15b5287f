import { auditBooks } from '@vouch/testing'
import { describe, expect, it } from 'vitest'
import { Books, type LedgerRow, totalsIn, units } from './books.ts'
import { Player, payableIn } from './player.ts'

const seeds = Array.from({ length: 40 }, (_, index) => index + 1)
const players = seeds.map((seed) => new Player(seed))

const sums = (rows: readonly LedgerRow[], key: (values: LedgerRow['values']) => string | undefined) => {
  const found: Record<string, bigint> = {}
  for (const { values } of rows) {
    const name = key(values)
    if (name !== undefined) found[name] = (found[name] ?? 0n) + units(values.amount)
  }
  return Object.fromEntries(Object.entries(found).filter(([, sum]) => sum !== 0n))
}

/** The same log, or some of it, with twice the percentages: as if the fold had been corrected since. */
function underOtherTerms(books: Books, isTaken: (type: string) => boolean): Books {
  const again = new Books()
  for (const { event, recordedAt } of books.log) {
    if (!isTaken(event.type)) continue
    const doubled = JSON.stringify(event.data).replace(
      /"percent":"(\d+)/g,
      (_, whole) => `"percent":"${Number(whole) * 2}`,
    )
    expect(again.tell({ ...event, data: JSON.parse(doubled) }, recordedAt)).toBe(true)
  }
  return again
}

interface OpenedData {
  readonly programId: string
  readonly asOf: string
  readonly position: number
  readonly lines: readonly {
    readonly beneficiaryId: string
    readonly amount: { readonly currency: string }
    readonly parts: readonly { readonly role: string }[]
  }[]
}

interface ConvertedData extends Pick<OpenedData, 'programId' | 'asOf' | 'position'> {
  readonly from: string
  readonly lines: readonly { readonly beneficiaryId: string; readonly role: string }[]
}

describe('over arbitrary logs, and arbitrary commands between their events', () => {
  it('everything happens that can, done and refused', () => {
    const count = (list: readonly string[]) =>
      Object.fromEntries(
        Map.groupBy(list, (it) => it)
          .entries()
          .map(([it, all]) => [it, all.length]),
      )
    const done = count(players.flatMap((player) => player.done))
    const refused = count(players.flatMap((player) => player.refused))
    for (const what of ['opened', 'approved', 'cancelled', 'submitted', 'settled', 'failed', 'returned'])
      expect(done[`vouch.payout.${what}.v1`], what).toBeGreaterThan(5)
    for (const what of ['closing', 'closed']) expect(done[`vouch.period.${what}.v1`], what).toBeGreaterThan(20)
    expect(done['vouch.balances.converted.v1']).toBeGreaterThan(50)
    expect(Object.keys(refused).sort()).toStrictEqual([
      'amount-differs',
      'amount-too-large',
      'batch-cancelled',
      'batch-submitted',
      'closed-before',
      'conversion-exists',
      'instruction-first',
      'line-failed',
      'line-resolved',
      'line-returned',
      'line-settled',
      'no-sense',
      'not-approved',
      'not-next',
      'not-over',
      'not-submitted',
      'nothing-open',
      'nothing-payable',
      'nothing-to-convert',
      'provider',
      'rate',
      'same-currency',
      'same-person',
      'several-lines',
      'tables-behind',
    ])
    const resolved = Object.keys(done).filter((what) => !what.startsWith('vouch.'))
    expect(resolved.length).toBeGreaterThan(12)
    expect(new Set(resolved.map((what) => what.split(' ')[0])).size).toBeGreaterThan(5)
  })

  it('the books are what the auditor makes of the log', () => {
    for (const [index, { books }] of players.entries())
      expect(auditBooks(books.log, books.rows), `seed ${seeds[index]}`).toStrictEqual([])
  })

  it('money is conserved: what was earned is owed, in transit or paid, at every position', () => {
    for (const { books } of players) {
      for (const { position } of books.log) {
        const known = books.entries.filter((row) => row.position <= position)
        expect(sums(known, ({ currency }) => currency)).toStrictEqual({})
      }
      const rewards = books.rows.filter(({ table }) => table === 'rewards')
      const earned = sums(rewards, (it) => `${it.program_id} ${it.role} ${it.beneficiary_id} ${it.currency}`)
      const expense = sums(books.entries, ({ account, party_id = '', currency }) => {
        const [program = '', role, id = ''] = party_id.split(':').map(decodeURIComponent)
        return account?.startsWith('expense:rewards:') ? `${program} ${role} ${id} ${currency}` : undefined
      })
      expect(expense).toStrictEqual(earned)
    }
  })

  it('nothing is paid twice: what a batch takes leaves no less than nothing on any day to come, and cannot be taken again', () => {
    let lines = 0
    for (const { books } of players) {
      for (const { position, event } of books.log) {
        if (event.type !== 'vouch.payout.opened.v1') continue
        const { programId, asOf, position: known, lines: opened } = event.data as unknown as OpenedData
        const left = payableIn(books, programId, asOf, (at) => at <= known || at === position)
        for (const { beneficiaryId, amount, parts } of opened) {
          for (const { role } of parts) {
            const own = left.find(
              (it) => it.role === role && it.beneficiaryId === beneficiaryId && it.currency === amount.currency,
            )
            expect(own?.amountMinor).toBe(0n)
            lines++
          }
        }
      }
    }
    expect(lines).toBeGreaterThan(50)
  })

  it('nothing is converted twice: what is converted leaves nothing on any day to come', () => {
    let lines = 0
    for (const { books } of players) {
      for (const { position, event } of books.log) {
        if (event.type !== 'vouch.balances.converted.v1') continue
        const { programId, asOf, from, position: known, lines: converted } = event.data as unknown as ConvertedData
        const left = payableIn(books, programId, asOf, (at) => at <= known || at === position)
        for (const { beneficiaryId, role } of converted) {
          const own = left.find((it) => it.role === role && it.beneficiaryId === beneficiaryId && it.currency === from)
          expect(own?.amountMinor).toBe(0n)
          lines++
        }
      }
    }
    expect(lines).toBeGreaterThan(50)
  })

  it('in transit is what batches have open', () => {
    for (const { books, payouts } of players) {
      const transit = sums(books.entries, ({ account, batch_id, currency }) =>
        account?.startsWith('liability:in-transit:') ? `${batch_id} ${currency}` : undefined,
      )
      const open: Record<string, bigint> = {}
      for (const batch of [...payouts.values()].flatMap((of) => [...of.values()])) {
        for (const { standing, amountMinor, currency } of batch.lines.values()) {
          if (batch.status === 'cancelled' || standing !== undefined) continue
          const digits = { JPY: 0, KWD: 3, CLF: 4 }[currency] ?? 2
          const key = `${batch.batchId} ${currency}`
          open[key] = (open[key] ?? 0n) - amountMinor * 10n ** BigInt(4 - digits)
        }
      }
      expect(transit).toStrictEqual(open)
    }
  })

  it('a closed month stays what it was declared, whatever comes after it', () => {
    let late = 0
    for (const { books, periods } of players) {
      for (const [programId, own] of periods) {
        for (const { period, declared } of own)
          expect(totalsIn(books, programId, period)).toStrictEqual(declared?.totals)
      }
      late += books.entries.filter(({ values }) => values.belongs_on !== values.effective_on).length
      expect(books.entries.filter(({ values }) => values.transaction_id?.startsWith('period/'))).toStrictEqual([])
    }
    expect(late).toBeGreaterThan(50)
  })

  it('a closed month stays what it was declared, though the fold makes something else of it, and all comes to the same', () => {
    let restored = 0
    for (const { books, periods } of players) {
      const closed = underOtherTerms(books, () => true)
      const open = underOtherTerms(books, (type) => !type.startsWith('vouch.period.'))
      for (const [programId, own] of periods) {
        for (const { period, declared } of own)
          expect(totalsIn(closed, programId, period)).toStrictEqual(declared?.totals)
      }
      const ends = (of: Books) => sums(of.entries, ({ account, currency }) => `${account} ${currency}`)
      expect(ends(closed)).toStrictEqual(ends(open))
      restored += closed.entries.filter(({ values }) => values.transaction_id?.startsWith('period/')).length
    }
    expect(restored).toBeGreaterThan(100)
  })

  it('transactions have names of their own', () => {
    for (const { books } of players) {
      const places = new Map<string, Set<string>>()
      for (const { position, values } of books.entries) {
        const key = values.transaction_id ?? ''
        places.set(key, (places.get(key) ?? new Set()).add(`${position} ${values.effective_on}`))
      }
      expect([...places.values()].filter(({ size }) => size > 1)).toStrictEqual([])
    }
  })
})

import { auditBooks } from '@vouch/testing'
import { describe, expect, it } from 'vitest'
import { type LedgerRow, units } from './books.ts'
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
    expect(Object.keys(refused).sort()).toStrictEqual([
      'amount-differs',
      'batch-cancelled',
      'batch-submitted',
      'instruction-first',
      'line-failed',
      'line-resolved',
      'line-returned',
      'line-settled',
      'no-sense',
      'not-approved',
      'not-submitted',
      'nothing-open',
      'nothing-payable',
      'provider',
      'rate',
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

  it('in transit is what batches have open', () => {
    for (const { books, payouts } of players) {
      const transit = sums(books.entries, ({ account, batch_id, currency }) =>
        account?.startsWith('liability:in-transit:') ? `${batch_id} ${currency}` : undefined,
      )
      const open: Record<string, bigint> = {}
      for (const batch of [...payouts.values()].flatMap((of) => [...of.values()])) {
        for (const { standing, amountMinor, currency } of batch.lines.values()) {
          if (batch.status === 'cancelled' || standing !== undefined) continue
          const digits = { JPY: 0, KWD: 3 }[currency] ?? 2
          const key = `${batch.batchId} ${currency}`
          open[key] = (open[key] ?? 0n) - amountMinor * 10n ** BigInt(4 - digits)
        }
      }
      expect(transit).toStrictEqual(open)
    }
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

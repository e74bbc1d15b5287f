import {
  bookable,
  type DecidedPayout,
  decidePayout,
  evolve,
  formatMinor,
  type Instruction,
  noPayouts,
  type PayoutCommand,
  type PayoutEvent,
  type Payouts,
  reconcile,
  type StatedLine,
  type StatementLine,
  statementLine,
  statementLineIds,
  statementType,
} from '@vouch/domain'
import { auditBooks, type LoggedEvent } from '@vouch/testing'
import fc from 'fast-check'
import { isRight } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { Books, units } from './books.ts'

const now = Date.parse('2026-07-01T12:00:00Z')
const people = ['ada', 'bea', 'cem', 'dan', 'eve', 'fox']

/** Finance with statements, all in memory: a batch of which the instructions are out, and what providers say of it. */
class Desk {
  readonly books = new Books()
  readonly instructions: Instruction[]
  readonly #lines = new Map<string, StatementLine>()
  readonly payouts: Payouts = noPayouts()

  constructor() {
    const tell = (type: string, data: Record<string, unknown>) =>
      this.#tell({
        id: `e-${this.books.log.length}`,
        source: 'app',
        type: `vouch.${type}.v1`,
        time: now - 90 * 86_400_000,
        data,
      })
    tell('program.published', {
      programId: 'summer',
      currency: 'EUR',
      effectiveFrom: '2026-01-01T00:00:00Z',
      attribution: { rewardBy: 'last-touch', lookback: { click: '30d', signup: '365d' }, horizon: '90d' },
      holdDays: 0,
      rewards: [],
    })
    const balances = people.map((beneficiaryId, index) => {
      const currency = index % 2 === 0 ? 'EUR' : 'JPY'
      const amountMinor = BigInt(500 + index)
      const amount = { value: formatMinor(amountMinor, currency), currency }
      tell('reward.granted', { programId: 'summer', advocateId: beneficiaryId, amount, reason: 'thanks' })
      return { role: 'advocate' as const, beneficiaryId, currency, amountMinor }
    })
    const opening = { programId: 'summer', asOf: '2026-06-30', by: 'fay', position: 9n, newest: 0n }
    this.#run({ tag: 'open', ...opening, balances, suspended: new Set() })
    this.#run({ tag: 'approve', batchId: 'summer-1', by: 'gil' })
    this.#run({ tag: 'submit', batchId: 'summer-1', format: 'csv' })
    this.instructions = [...(this.payouts.get('summer-1')?.lines.values() ?? [])].map((line) => ({
      ...line,
      batchId: 'summer-1',
      programId: 'summer',
    }))
  }

  /** As the command does it. */
  import(file: readonly StatedLine[]): void {
    for (const [index, id] of statementLineIds(file).entries()) {
      if (this.#lines.has(id)) continue
      const data = { programId: 'summer', ...(file[index] as StatedLine) }
      this.#lines.set(id, statementLine({ id, data }))
      this.#tell({ id, source: 'vouch/statements', type: statementType, time: now, data })
    }
    for (const it of this.reconciled()) {
      for (const line of bookable(it)) {
        const tag = ({ settled: 'settle', failed: 'fail', returned: 'return' } as const)[line.status]
        this.#run({ tag, ...line, batchId: 'summer-1' }, true)
      }
    }
  }

  reconciled() {
    const known = this.payouts.get('summer-1')?.lines
    const instructions = this.instructions.map((it) => ({ ...it, outcome: known?.get(it.reference)?.outcome }))
    return reconcile(instructions, [...this.#lines.values()])
  }

  get classes(): string[] {
    return this.reconciled()
      .map((it) => `${it.class} ${it.reference} ${it.said.map(({ id }) => id).join(' ')}`)
      .sort()
  }

  get balances(): Record<string, bigint> {
    const found: Record<string, bigint> = {}
    for (const { values } of this.books.entries) {
      const key = `${values.account} ${values.currency}`
      found[key] = (found[key] ?? 0n) + units(values.amount)
    }
    return Object.fromEntries(
      Object.entries(found)
        .filter(([, sum]) => sum !== 0n)
        .sort(),
    )
  }

  #run(command: PayoutCommand, mayBeRefused = false): void {
    const decision = decidePayout(command, this.payouts)
    if (!isRight(decision)) {
      if (mayBeRefused) return
      throw new Error(decision.left.says)
    }
    for (const decided of decision.right as readonly DecidedPayout[]) {
      const event = { ...decided, source: 'vouch/payouts', time: now } as PayoutEvent
      this.#tell(JSON.parse(JSON.stringify(event)))
      evolve(this.payouts, event)
    }
  }

  #tell(event: LoggedEvent['event']): void {
    if (!this.books.tell(event)) throw new Error(`no event: ${JSON.stringify(event)}`)
  }
}

const references = new Desk().instructions

const line = fc
  .record({
    of: fc.constantFrom(...references, undefined),
    status: fc.constantFrom('settled', 'settled', 'failed', 'returned'),
    odd: fc.constantFrom('', '', '', '', 'amount', 'currency', 'other', 'nobody'),
    day: fc.integer({ min: 1, max: 28 }),
    fee: fc.boolean(),
    provider: fc.constantFrom('bank', 'other bank'),
  })
  .map(({ of, status, odd, day, fee, provider }): StatedLine => {
    const { reference = 'no such', amountMinor = 1n, currency = 'EUR', beneficiaryId = 'ada' } = of ?? {}
    const paidIn = odd === 'currency' ? 'USD' : currency
    return {
      provider,
      reference,
      ...(odd === 'nobody' ? {} : { beneficiaryId: odd === 'other' ? 'somebody else' : beneficiaryId }),
      amount: { value: formatMinor(odd === 'amount' ? amountMinor - 1n : amountMinor, paidIn), currency: paidIn },
      status: status as StatedLine['status'],
      date: `2026-06-${String(day).padStart(2, '0')}`,
      ...(fee ? { fee: { value: formatMinor(7n, paidIn), currency: paidIn } } : {}),
    }
  })

/** Lines with ids, and files that each of them is in at least once. */
const statements = fc
  .array(line, { minLength: 1, maxLength: 14 })
  .map((lines) => lines.map((it, index): StatedLine => ({ ...it, statementId: 's', lineId: String(index) })))
  .chain((lines) =>
    fc.record({
      lines: fc.constant(lines),
      files: fc
        .array(fc.subarray(lines), { maxLength: 4 })
        .chain((some) => fc.shuffledSubarray([...some, ...halves(lines)], { minLength: some.length + 2 })),
    }),
  )

const halves = (lines: readonly StatedLine[]) => [
  lines.filter((_, index) => index % 2 === 0).reverse(),
  lines.filter((_, index) => index % 2 === 1),
]

/** Whether what agrees with an instruction is never said in two ways that cannot both be so, nor one of them twice. */
function isOfOneMind(lines: readonly StatedLine[]): boolean {
  return references.every((it) => {
    const exact = lines.filter(
      ({ reference, amount, beneficiaryId = it.beneficiaryId }) =>
        reference === it.reference &&
        beneficiaryId === it.beneficiaryId &&
        amount.currency === it.currency &&
        amount.value === formatMinor(it.amountMinor, it.currency),
    )
    const said = exact.map(({ status }) => status)
    const isContradicted = said.includes('failed') && new Set(said).size > 1
    const providers = new Set(exact.map(({ provider }) => provider))
    return !isContradicted && new Set(said).size === said.length && providers.size <= 1
  })
}

const played = (files: readonly (readonly StatedLine[])[]): Desk => {
  const desk = new Desk()
  for (const file of files) desk.import(file)
  return desk
}

describe('whatever providers say, in whatever order, in whatever files, however often', () => {
  it('each instruction and each line is in exactly one class, always the same', () => {
    fc.assert(
      fc.property(statements, ({ lines, files }) => {
        const desk = played(files)
        expect(desk.classes).toStrictEqual(played([lines]).classes)
        const all = desk.reconciled()
        const instructed = all.filter((it) => it.instruction !== undefined && it.class !== 'duplicate')
        expect(instructed.map(({ reference }) => reference)).toStrictEqual(references.map(({ reference }) => reference))
        const said = all.flatMap((it) => it.said.map(({ id }) => id))
        expect(said.sort()).toStrictEqual(statementLineIds(lines).sort())
      }),
      { seed: 6, numRuns: 150 },
    )
  })

  it('the books come to the same, unless providers contradict themselves', () => {
    let count = 0
    fc.assert(
      fc.property(statements, ({ lines, files }) => {
        if (!isOfOneMind(lines)) return
        count++
        expect(played(files).balances).toStrictEqual(played([lines]).balances)
      }),
      { seed: 6, numRuns: 300 },
    )
    expect(count).toBeGreaterThan(100)
  })

  it('money is conserved, nothing is settled twice, and nothing is in transit that is settled', () => {
    fc.assert(
      fc.property(statements, ({ files }) => {
        const desk = played(files)
        const { books, payouts, balances } = desk
        expect(auditBooks(books.log, books.rows)).toStrictEqual([])
        const ids = books.log.map(({ event }) => event.id)
        expect(new Set(ids).size).toBe(ids.length)
        for (const currency of ['EUR', 'JPY', 'USD']) {
          const own = Object.entries(balances).filter(([name]) => name.endsWith(currency))
          expect(own.reduce((sum, [, of]) => sum + of, 0n)).toBe(0n)
          const open = [...(payouts.get('summer-1')?.lines.values() ?? [])].filter(
            (it) => it.outcome === undefined && it.currency === currency,
          )
          const digits = currency === 'JPY' ? 0 : 2
          const due = open.reduce((sum, it) => sum + it.amountMinor * 10n ** BigInt(4 - digits), 0n)
          expect(-(balances[`liability:in-transit:summer-1 ${currency}`] ?? 0n)).toBe(due)
        }
      }),
      { seed: 6, numRuns: 40 },
    )
  })
})

import {
  type Balance,
  bookable,
  type DecidedPayout,
  decidePayout,
  decideResolution,
  evolve,
  formatMinor,
  type Instruction,
  type Judged,
  judge,
  noPayouts,
  type PayoutCommand,
  type PayoutEvent,
  type Payouts,
  type Resolutions,
  type ResolveDiscrepancy,
  type ResolvedEvent,
  receiversOf,
  reconcile,
  resolutionOf,
  resolutionsOf,
  type StatedLine,
  type StatementLine,
  statementLine,
  statementLineIds,
  statementType,
} from '@vouch/domain'
import type { LoggedEvent } from '@vouch/testing'
import fc from 'fast-check'
import { isRight } from 'fp-ts/lib/Either.js'
import { Books, units } from './books.ts'

const now = Date.parse('2026-07-01T12:00:00Z')
const people = ['ada', 'bea', 'cem', 'dan', 'eve', 'fox']

/** Finance with statements, all in memory: a batch of which the instructions are out, and what providers say of it. */
export class Desk {
  readonly books = new Books()
  readonly instructions: Instruction[]
  readonly lines = new Map<string, StatementLine>()
  readonly resolved: ResolvedEvent[] = []
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
    // Some earn as upline too, or have been overpaid as such.
    const also = [-120n, 333n, -77n].map((amountMinor, index) => {
      const { beneficiaryId, currency } = balances[index] as Balance
      return { role: 'upline' as const, beneficiaryId, currency, amountMinor }
    })
    const opening = { programId: 'summer', asOf: '2026-06-30', by: 'fay', position: 9n, newest: 0n }
    this.#run({ tag: 'open', ...opening, balances: [...balances, ...also], suspended: new Set() })
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
      if (this.lines.has(id)) continue
      const data = { programId: 'summer', ...(file[index] as StatedLine) }
      this.lines.set(id, statementLine({ id, data }))
      this.#tell({ id, source: 'vouch/statements', type: statementType, time: now, data })
    }
    const resolutions = this.resolutions
    for (const it of this.reconciled()) {
      for (const line of bookable(it, resolutions)) {
        const tag = ({ settled: 'settle', failed: 'fail', returned: 'return' } as const)[line.status]
        this.#run({ tag, ...line, batchId: 'summer-1' }, true)
      }
    }
  }

  reconciled() {
    const known = this.payouts.get('summer-1')?.lines
    const instructions = this.instructions.map((it) => {
      const { outcome, standing } = known?.get(it.reference) ?? {}
      return { ...it, outcome, standing }
    })
    return reconcile(instructions, [...this.lines.values()])
  }

  get resolutions(): Resolutions {
    return resolutionsOf(this.resolved.map(resolutionOf))
  }

  judged(): Judged[] {
    return judge(this.reconciled(), this.resolutions)
  }

  /** As the command does it; what became of it. */
  resolve(command: Partial<ResolveDiscrepancy> & Pick<ResolveDiscrepancy, 'reference' | 'as'>): string {
    const lines = this.instructions.map((it) => ({ ...it, kind: 'advocate' as const }))
    const decision = decideResolution(
      { by: 'hal', reason: 'asked', ...command },
      {
        judged: this.judged(),
        resolutions: this.resolutions,
        receivers: receiversOf(lines),
        count: this.resolved.length,
      },
    )
    if (!isRight(decision)) return decision.left.tag
    for (const decided of decision.right) {
      const event = { ...decided, source: 'vouch/payouts', time: now } as ResolvedEvent
      this.#tell(JSON.parse(JSON.stringify(event)))
      evolve(this.payouts, event)
      this.resolved.push(event)
    }
    return decision.right.length === 0 ? 'done' : 'resolved'
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
export const statements = fc
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

import {
  type ConvertedEvent,
  decideConvert,
  decidePayout,
  digitsOf,
  evolve,
  formatMinor,
  noPayouts,
  type PayoutCommand,
  type PayoutEvent,
  toMinor,
} from '@vouch/domain'
import { auditBooks, type LoggedEvent } from '@vouch/testing'
import fc from 'fast-check'
import { isRight } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { Books, type Opened, units } from './books.ts'
import { payableIn } from './player.ts'

const dayMs = 86_400_000
const start = Date.parse('2026-03-01T12:00:00Z')
const at = (day: number) => start + day * dayMs
const dayText = (day: number) => new Date(at(day)).toISOString().slice(0, 10)

/** What finance is told of one balance: what it was given from which day on, and what was taken from it. */
interface Movement {
  readonly balance: string
  readonly minor: bigint
  /** Undefined for what is so whatever the day. */
  readonly from?: number
}

/** Finance with one program, all in memory, and beside the books a list of what it was told, without any account. */
class Desk {
  readonly books = new Books()
  readonly conversions = new Map<string, ConvertedEvent>()
  readonly payouts = noPayouts()
  readonly movements: Movement[] = []
  readonly events: (Opened | ConvertedEvent)[] = []
  newest = 0n
  #now = 0

  constructor() {
    this.tell('program.published', {
      currency: 'EUR',
      effectiveFrom: '2026-01-01T00:00:00Z',
      attribution: { rewardBy: 'last-touch', lookback: { click: '30d', signup: '365d' }, horizon: '90d' },
      holdDays: 5,
      rewards: [],
    })
  }

  later(days: number): void {
    this.#now += days
  }

  /** Granted, it is payable after a hold of five days; taken back, at once. */
  reward(who: string, minor: bigint, currency: string): void {
    const [what, size] = minor < 0n ? ['reward.revoked', -minor] : ['reward.granted', minor]
    const amount = { value: formatMinor(size, currency), currency }
    this.tell(what, { advocateId: who, amount, reason: 'x' })
    this.movements.push({ balance: `${who} ${currency}`, minor, from: this.#now + (minor < 0n ? 0 : 5) })
  }

  convert(from: string, to: string, rate: string, asOfDay: number): void {
    const day = this.#now + asOfDay
    const asOf = dayText(day)
    const decision = decideConvert(
      { programId: 'p', from, to, rate, asOf, by: 'fay', ...this.known(asOf) },
      this.conversions,
    )
    const [decided] = isRight(decision) ? decision.right : []
    if (decided === undefined) return
    const event: ConvertedEvent = { ...decided, source: 'vouch/payouts', time: at(this.#now) }
    this.append(event)
    this.conversions.set(decided.id, event)
    this.events.push(event)
    for (const { beneficiaryId, ...line } of decided.data.lines) {
      const [taken, given] = [toMinor({ value: line.from, currency: from }), toMinor({ value: line.to, currency: to })]
      // A debt that goes away is something given, and one that comes is something taken.
      this.movements.push({ balance: `${beneficiaryId} ${from}`, minor: -taken, ...(taken < 0n && { from: day }) })
      this.movements.push({ balance: `${beneficiaryId} ${to}`, minor: given, ...(given > 0n && { from: day }) })
    }
  }

  open(asOfDay: number): void {
    const asOf = dayText(this.#now + asOfDay)
    this.run({ tag: 'open', programId: 'p', asOf, by: 'fay', ...this.known(asOf) })
  }

  /** What becomes of the batch that was opened last. */
  end(how: 'cancel' | 'settle' | 'fail'): void {
    const batch = [...this.payouts.values()].at(-1)
    if (batch?.status !== 'open') return
    const { batchId } = batch
    if (how === 'cancel') this.run({ tag: 'cancel', batchId, by: 'fay' })
    else {
      this.run({ tag: 'approve', batchId, by: 'gil' })
      this.run({ tag: 'submit', batchId, format: 'csv' })
      for (const { reference, amountMinor, currency } of batch.lines.values())
        this.run({ tag: how, batchId, reference, amountMinor, currency, date: dayText(this.#now), provider: 'bank' })
    }
    if (how === 'settle') return
    for (const { beneficiaryId, currency, amountMinor } of batch.lines.values())
      this.movements.push({ balance: `${beneficiaryId} ${currency}`, minor: amountMinor })
  }

  run(command: PayoutCommand): void {
    const decision = decidePayout(command, this.payouts)
    for (const decided of isRight(decision) ? decision.right : []) {
      const event = { ...decided, source: 'vouch/payouts', time: at(this.#now) } as PayoutEvent
      this.append(event)
      evolve(this.payouts, event)
      if (event.type !== 'vouch.payout.opened.v1') continue
      this.events.push(event)
      for (const { beneficiaryId, amount } of event.data.lines)
        this.movements.push({ balance: `${beneficiaryId} ${amount.currency}`, minor: -toMinor(amount) })
    }
  }

  known(asOf: string) {
    const balances = payableIn(this.books, 'p', asOf, () => true)
    const position = BigInt(this.books.log.length)
    return { balances, position, newest: this.newest, suspended: new Set<string>() }
  }

  tell(type: string, data: Record<string, unknown>): void {
    const id = `e-${this.books.log.length}`
    this.append({ id, source: 'app', type: `vouch.${type}.v1`, time: at(this.#now), data: { programId: 'p', ...data } })
  }

  append(event: LoggedEvent['event'] | PayoutEvent | ConvertedEvent): void {
    if (!this.books.tell(event as LoggedEvent['event'])) throw new Error(`no event: ${JSON.stringify(event)}`)
    if (event.type.startsWith('vouch.payout') || event.type.startsWith('vouch.balances'))
      this.newest = BigInt(this.books.log.length)
  }

  /** What a balance comes to by what finance was told, on a day. */
  told(balance: string, day: number): bigint {
    return this.movements
      .filter((it) => it.balance === balance && (it.from === undefined || it.from <= day))
      .reduce((sum, { minor }) => sum + minor, 0n)
  }
}

const who = fc.constantFrom('ada', 'bea')
const currency = fc.constantFrom('EUR', 'EUR', 'EUR', 'USD', 'USD', 'JPY', 'KWD', 'CLF')
const some = fc.bigInt({ min: 1n, max: 5000n })
const when = fc.integer({ min: -8, max: 12 })
const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ tag: fc.constant('reward' as const), who, minor: some, currency }) },
  {
    weight: 1,
    arbitrary: fc.record({ tag: fc.constant('reward' as const), who, minor: some.map((it) => -it), currency }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      tag: fc.constant('convert' as const),
      from: currency,
      to: currency,
      rate: fc.constantFrom('0.9213', '1', '151.7512345678', '0.0061', '2.5', '0.5'),
      when,
    }),
  },
  { weight: 2, arbitrary: fc.record({ tag: fc.constant('open' as const), when }) },
  {
    weight: 2,
    arbitrary: fc.record({ tag: fc.constant('end' as const), how: fc.constantFrom('cancel', 'settle', 'fail') }),
  },
  { weight: 2, arbitrary: fc.record({ tag: fc.constant('later' as const), days: fc.integer({ min: 1, max: 8 }) }) },
)
/** Long ones, or hardly anything is payable. */
const steps = fc.array(step, { minLength: 20, maxLength: 50, size: 'max' })
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never

function take(desk: Desk, it: Step): void {
  switch (it.tag) {
    case 'reward':
      return desk.reward(it.who, it.minor, it.currency)
    case 'convert':
      return desk.convert(it.from, it.to, it.rate, it.when)
    case 'open':
      return desk.open(it.when)
    case 'end':
      return desk.end(it.how)
    case 'later':
      return desk.later(it.days)
    default:
      return it satisfies never
  }
}

const payable = (balance: string) => {
  const [id, money] = balance.split(' ')
  return { account: `liability:payable:p:advocate:${id}`, currency: money }
}

describe('over arbitrary rewards, conversions and batches, in any order of their days', () => {
  it('what is taken of a balance was there on that day, and is on all later ones; whatever was told is in the books', () => {
    const seen = { converted: 0, opened: 0, both: 0 }
    fc.assert(
      fc.property(steps, (list) => {
        const desk = new Desk()
        for (const it of list) {
          const before = desk.events.length
          take(desk, it)
          for (const { type, data } of desk.events.slice(before)) {
            const day = (Date.parse(`${data.asOf}T12:00:00Z`) - start) / dayMs
            const taken =
              type === 'vouch.payout.opened.v1'
                ? data.lines.map(({ beneficiaryId, amount }) => `${beneficiaryId} ${amount.currency}`)
                : data.lines.map(({ beneficiaryId }) => `${beneficiaryId} ${data.from}`)
            for (const balance of taken) {
              const days = [day, ...desk.movements.flatMap(({ from = 0 }) => (from > day ? [from] : []))]
              const least = days.map((it) => desk.told(balance, it)).reduce((one, other) => (one < other ? one : other))
              expect(least, balance).toBe(0n)
            }
          }
        }
        for (const balance of new Set(desk.movements.map((it) => it.balance))) {
          const { account, currency } = payable(balance)
          const booked = desk.books.entries
            .filter(({ values }) => values.account === account && values.currency === currency)
            .reduce((sum, { values }) => sum - units(values.amount), 0n)
          const told = desk.told(balance, Number.POSITIVE_INFINITY)
          expect(booked, balance).toBe(told * 10n ** BigInt(4 - (digitsOf(currency ?? '') ?? 0)))
        }
        expect(auditBooks(desk.books.log, desk.books.rows)).toStrictEqual([])
        const types = desk.events.map(({ type }) => type)
        seen.opened += types.filter((type) => type === 'vouch.payout.opened.v1').length
        seen.converted += types.filter((type) => type !== 'vouch.payout.opened.v1').length
        if (new Set(types).size === 2) seen.both++
      }),
      { numRuns: 300 },
    )
    expect(seen.converted).toBeGreaterThan(200)
    expect(seen.opened).toBeGreaterThan(100)
    expect(seen.both).toBeGreaterThan(50)
  })

  it('the exchange is left with the rate and no more: its two sides are half a minor unit apart at most', () => {
    let rounded = 0
    fc.assert(
      fc.property(steps, (list) => {
        const desk = new Desk()
        for (const it of list) take(desk, it)
        for (const { position, event } of desk.books.log) {
          if (event.type !== 'vouch.balances.converted.v1') continue
          const { from, to, rate } = event.data as unknown as ConvertedEvent['data']
          const side = (currency: string, account = 'equity:exchange') =>
            desk.books.entries
              .filter((row) => row.position === position && row.values.account === account)
              .filter(({ values }) => values.currency === currency)
              .reduce((sum, { values }) => sum + units(values.amount), 0n)
          const [whole = '', fraction = ''] = rate.split('.')
          const scaled = BigInt(whole + fraction.padEnd(10, '0'))
          const off = 2n * (side(to) * 10n ** 10n + side(from) * scaled)
          const unit = 10n ** BigInt(14 - (digitsOf(to) ?? 0))
          expect(off >= -unit && off <= unit).toBe(true)
          if (side(to, 'expense:exchange-differences') !== 0n) rounded++
        }
      }),
      { numRuns: 300 },
    )
    expect(rounded).toBeGreaterThan(10)
  })
})

describe('a conversion', () => {
  /** Ada is owed 10.00 USD and 5.00 EUR from March 6th on. */
  const desk = () => {
    const it = new Desk()
    it.reward('ada', 1000n, 'USD')
    it.reward('ada', 500n, 'EUR')
    return it
  }
  const payableOn = (it: Desk, day: string) =>
    Object.fromEntries(
      payableIn(it.books, 'p', day, () => true).map(({ currency, amountMinor }) => [currency, amountMinor]),
    )

  it('of a month that is over can be paid with that month', () => {
    const it = desk()
    it.later(20)
    it.convert('USD', 'EUR', '0.9213', -10)
    expect(payableOn(it, dayText(10))).toStrictEqual({ USD: 0n, EUR: 1421n })
    expect(payableOn(it, dayText(9))).toStrictEqual({ USD: 0n, EUR: 500n })
    it.open(-10)
    expect([...it.payouts.values()][0]?.lines.values().next().value).toMatchObject({
      currency: 'EUR',
      amountMinor: 1421n,
    })
    expect(payableOn(it, dayText(30))).toStrictEqual({ USD: 0n, EUR: 0n })
  })

  it('of a day to come is not paid before that day, in either currency', () => {
    const it = desk()
    it.convert('USD', 'EUR', '0.9213', 8)
    expect(payableOn(it, dayText(7))).toStrictEqual({ USD: 0n, EUR: 500n })
    expect(payableOn(it, dayText(8))).toStrictEqual({ USD: 0n, EUR: 1421n })
    const days = it.books.entries.filter(({ values }) => values.movement === 'converted')
    expect(new Set(days.map(({ values }) => values.effective_on))).toStrictEqual(new Set([dayText(8)]))
  })

  it('takes a debt along, which is set off against what is owed', () => {
    const it = desk()
    it.reward('ada', -1300n, 'USD')
    it.later(20)
    it.convert('USD', 'EUR', '0.9213', 0)
    expect(payableOn(it, dayText(20))).toStrictEqual({ USD: 0n, EUR: 224n })
  })

  it('of what a batch has reserved there is none, and what comes back from it can be converted', () => {
    const it = desk()
    it.later(20)
    it.open(0)
    it.convert('USD', 'EUR', '0.9213', 0)
    expect(it.conversions.size).toBe(0)
    it.end('cancel')
    it.convert('USD', 'EUR', '0.9213', 0)
    expect(payableOn(it, dayText(20))).toStrictEqual({ USD: 0n, EUR: 1421n })
  })
})

import {
  type Balance,
  type ConvertBalances,
  type ConvertedEvent,
  type DecidedPayout,
  decideClosing,
  decideConvert,
  decidePayout,
  decideResolution,
  declare,
  digitsOf,
  evolve,
  evolvePeriods,
  formatMinor,
  judge,
  monthOfDay,
  nextMonth,
  noPayouts,
  type PayoutCommand,
  type PayoutEvent,
  type Payouts,
  type PeriodEvent,
  type Periods,
  type ResolvedEvent,
  receiversOf,
  reconcile,
  resolutionOf,
  resolutionsOf,
  resolutionWays,
  type StatementLine,
  statementLine,
} from '@vouch/domain'
import { type LoggedEvent, type Random, randomFrom, randomLog } from '@vouch/testing'
import { isRight } from 'fp-ts/lib/Either.js'
import { Books, type LedgerRow, totalsIn, units } from './books.ts'

const dayMs = 86_400_000
const dayOf = (ms: number) => new Date(ms).toISOString().slice(0, 10)

/** Takes one arbitrary log into books, and between its events whatever finance may do, wise or not. */
export class Player {
  readonly books = new Books()
  readonly payouts = new Map<string, Payouts>()
  /** Conversions of balances, by program and name. */
  readonly conversions = new Map<string, Map<string, ConvertedEvent>>()
  /** Positions of payout events, by program. */
  readonly newest = new Map<string, bigint>()
  readonly done: string[] = []
  readonly refused: string[] = []
  /** By program. */
  readonly #stated = new Map<string, StatementLine[]>()
  readonly #resolved = new Map<string, ResolvedEvent[]>()
  readonly #random: Random
  readonly #person: Random
  readonly #provider: Random
  readonly #closer: Random
  readonly periods = new Map<string, Periods>()
  readonly #exchange: Random
  readonly #programs: readonly string[]

  constructor(seed: number) {
    this.#random = randomFrom(seed)
    this.#provider = randomFrom(seed + 1_000_000)
    this.#person = randomFrom(seed + 4_000_000)
    this.#closer = randomFrom(seed + 3_000_000)
    this.#exchange = randomFrom(seed + 2_000_000)
    const log = randomLog(seed)
    this.#programs = [...new Set(log.map(({ event }) => String(event.data.programId)))]
    for (const { event, recordedAt } of log) {
      this.books.tell(event, recordedAt)
      if (this.#random.chance(0.15)) this.act(recordedAt)
    }
    for (let more = 0; more < 40; more++) this.act((this.books.log.at(-1)?.recordedAt ?? 0) + more * dayMs)
  }

  /** One command, now and then twice, as if its answer had been lost. */
  act(now: number): void {
    const programId = this.#random.any(this.#programs) ?? ''
    const command = this.command(programId, now)
    if (command === undefined) return
    this.run(programId, command, now)
    if (this.#provider.chance(0.8)) this.state(programId, now)
    if (this.#exchange.chance(0.8)) this.convert(programId, now)
    if (this.#random.chance(0.2)) this.run(programId, command, now)
    this.resolve(programId, now)
    if (this.#closer.chance(0.2)) this.close(programId, now)
    if (this.#closer.chance(0.1)) this.hold(programId, now)
  }

  /** Leaves somebody out of batches to come, or no longer. */
  hold(programId: string, time: number): void {
    const optional = <T>(value: T): T | undefined => this.#closer.pick([undefined, value])
    const isHeld = this.#closer.chance(0.6)
    const data = {
      programId,
      beneficiaryId: this.#closer.pick(['A', 'B', 'c']),
      role: optional(this.#closer.pick(['advocate', 'referee', 'upline'])),
      hold: isHeld ? this.#closer.pick(['held', 'disputed']) : undefined,
      reason: optional('asked'),
    }
    const id = `hold-${this.books.log.length}`
    const event = { id, source: 'desk', type: `vouch.payee.${isHeld ? 'held' : 'released'}.v1`, time, data }
    if (!this.books.tell(JSON.parse(JSON.stringify(event)))) throw new Error(`no event: ${JSON.stringify(event)}`)
  }

  /** Closes the next month of a program, or one that cannot be; now and then something happens before it is declared. */
  close(programId: string, at: number): void {
    // Often months ahead of what else is told, all of which is late then.
    const now = at + this.#closer.pick([0, 0, 40, 70]) * dayMs
    const before = this.periods.get(programId) ?? []
    const last = before.at(-1)?.period
    const today = dayOf(now)
    const period = this.#closer.chance(0.8)
      ? last === undefined
        ? monthOfDay(dayOf(now - this.#closer.pick([32, 62]) * dayMs))
        : nextMonth(last)
      : monthOfDay(dayOf(now - this.#closer.pick([-10, 100]) * dayMs))
    const decision = decideClosing({ programId, period, by: 'fay', today }, before)
    if (!isRight(decision)) return void this.refused.push(decision.left.tag)
    for (const decided of decision.right) {
      const from = this.#tellPeriod(programId, decided, now)
      const totals = totalsIn(this.books, programId, period)
      if (this.#closer.chance(0.3)) this.state(programId, now)
      const own = (this.periods.get(programId) ?? []).find((it) => it.from === from)
      if (own !== undefined) this.#tellPeriod(programId, declare(programId, own, totals), now)
    }
  }

  #tellPeriod(programId: string, decided: { type: string; id: string; data: object }, time: number): bigint {
    const event = { ...decided, source: 'vouch/periods', time }
    if (!this.books.tell(event as unknown as LoggedEvent['event']))
      throw new Error(`no event: ${JSON.stringify(event)}`)
    const position = BigInt(this.books.log.length)
    const before = this.periods.get(programId) ?? []
    this.periods.set(programId, evolvePeriods(before, event as unknown as PeriodEvent, position))
    this.done.push(decided.type)
    return position
  }

  command(programId: string, now: number): PayoutCommand | undefined {
    const random = this.#random
    const by = random.pick(['fay', 'gil'])
    const batches = [...(this.payouts.get(programId) ?? noPayouts()).values()]
    const batch = random.any(batches)
    if (batch === undefined || random.chance(0.3)) {
      const asOf = dayOf(now + random.pick([-40, -10, 0, 0, 40]) * dayMs)
      const minimum = random.pick([undefined, '1.00', '20'])
      // The tables may be behind, and say so.
      const position = BigInt(this.books.log.length - random.pick([0, 0, 0, 3]))
      const balances = payableIn(this.books, programId, asOf, (at) => at <= Number(position))
      return {
        tag: 'open',
        programId,
        batchId: random.pick([undefined, `own-${programId}-${batches.length}`]),
        asOf,
        minimum,
        by,
        balances,
        position,
        newest: this.newest.get(programId) ?? 0n,
        suspended: new Set(random.pick([[], ['A'], ['B']])),
      }
    }
    const { batchId } = batch
    const usual = { open: 'approve', approved: 'submit', submitted: 'line', cancelled: 'cancel' } as const
    const what = random.chance(0.6)
      ? usual[batch.status]
      : random.pick(['approve', 'approve', 'cancel', 'submit', 'submit', 'line', 'line', 'line'] as const)
    if (what === 'submit') return { tag: 'submit', batchId, format: 'csv' }
    if (what !== 'line') return { tag: what, batchId, by }
    const line = random.any([...batch.lines.values()])
    if (line === undefined) return undefined
    return {
      tag: random.pick(['settle', 'settle', 'fail', 'fail', 'return'] as const),
      batchId,
      reference: line.reference,
      amountMinor: line.amountMinor + random.pick([0n, 0n, 0n, 1n]),
      currency: line.currency,
      date: dayOf(now),
      provider: random.pick(['bank', 'other bank']),
      fee: random.pick([undefined, { value: '1', currency: 'JPY' }]),
    }
  }

  /** A conversion of balances, now and then under the name of another. */
  convert(programId: string, now: number): void {
    const random = this.#exchange
    const known = this.conversions.get(programId) ?? new Map<string, ConvertedEvent>()
    this.conversions.set(programId, known)
    const asOf = dayOf(now + random.pick([-40, -10, 0, 0, 40]) * dayMs)
    const position = BigInt(this.books.log.length - random.pick([0, 0, 0, 3]))
    const command: ConvertBalances = {
      programId,
      conversionId: random.pick([undefined, undefined, `own ${known.size}`, 'own 1']),
      from: random.pick(['EUR', 'JPY', 'KWD', 'CLF']),
      to: random.pick(['EUR', 'JPY', 'KWD', 'CLF']),
      rate: random.pick(['0.9213', '1', '151.75', '0.0061', '2.5']),
      asOf,
      by: random.pick(['fay', 'gil']),
      reason: random.pick([undefined, 'a rate']),
      balances: payableIn(this.books, programId, asOf, (at) => at <= Number(position)),
      position,
      newest: this.newest.get(programId) ?? 0n,
      suspended: new Set(random.pick([[], ['A'], ['B']])),
    }
    const decision = decideConvert(command, known)
    if (!isRight(decision)) return void this.refused.push(decision.left.tag)
    for (const decided of decision.right) {
      const event: ConvertedEvent = { ...decided, source: 'vouch/payouts', time: now }
      if (!this.books.tell(event as unknown as LoggedEvent['event']))
        throw new Error(`no event: ${JSON.stringify(event)}`)
      known.set(decided.id, event)
      this.newest.set(programId, BigInt(this.books.log.length))
      this.done.push(decided.type)
    }
  }

  /** A line of a statement, whatever it is about. */
  state(programId: string, now: number): void {
    const random = this.#provider
    const lines = [...(this.payouts.get(programId) ?? noPayouts()).values()].flatMap((it) => [...it.lines.values()])
    const line = random.any(lines)
    const currency = random.pick(['EUR', 'JPY', 'USD', line?.currency ?? 'EUR'])
    const digits = { JPY: '', KWD: '.125' }[currency] ?? '.50'
    const optional = <T>(value: T): T | undefined => random.pick([undefined, value])
    const data = {
      programId,
      provider: random.pick(['bank', 'other bank']),
      reference: random.chance(0.7) ? (line?.reference ?? 'none') : random.pick(['no such', 'a;b']),
      beneficiaryId: optional(line?.beneficiaryId),
      amount:
        line !== undefined && random.chance(0.5)
          ? { value: formatMinor(line.amountMinor, line.currency), currency: line.currency }
          : { value: `7${digits}`, currency },
      status: random.pick(['settled', 'failed', 'returned']),
      date: dayOf(now),
      fee: optional({ value: `1${digits}`, currency }),
      statementId: optional('s'),
      lineId: optional('l'),
      reason: optional('closed'),
    }
    const id = `stated-${this.books.log.length}`
    const event = { id, source: 'vouch/statements', type: 'vouch.statement.recorded.v1', time: now, data }
    const plain = JSON.parse(JSON.stringify(event)) as LoggedEvent['event']
    if (!this.books.tell(plain)) throw new Error(`no event: ${JSON.stringify(event)}`)
    const recorded = statementLine({ id, data: plain.data as Parameters<typeof statementLine>[0]['data'] })
    this.#stated.set(programId, [...(this.#stated.get(programId) ?? []), recorded])
  }

  /** Somebody's word on a discrepancy, or on what is none. */
  resolve(programId: string, now: number): void {
    const random = this.#person
    const batches = [...(this.payouts.get(programId) ?? noPayouts()).values()]
    const known = batches.flatMap((batch) =>
      [...batch.lines.values()].map((line) => ({ ...line, programId, batchId: batch.batchId, status: batch.status })),
    )
    const resolved = this.#resolved.get(programId) ?? []
    const resolutions = resolutionsOf(resolved.map(resolutionOf))
    const instructions = known.filter(({ status }) => status === 'submitted')
    const judged = judge(reconcile(instructions, [...(this.#stated.get(programId) ?? [])]), resolutions)
    const it = random.any(judged.filter(({ needsPerson }) => needsPerson || random.chance(0.1)))
    // Of what no payout has, the program is none of these.
    const receivers = receiversOf(known)
    if (it === undefined || receivers.byReference(it.reference) === undefined) return
    const command = {
      reference: it.reference,
      as: random.pick(resolutionWays),
      by: random.pick(['hal', 'ivy']),
      reason: 'asked',
      line: random.pick([undefined, it.said[0]?.id ?? 'instruction', it.said[0]?.id ?? 'instruction']),
      rate: it.class === 'currency-differs' ? random.pick(['0.9', '155.5', '0.0064']) : undefined,
      provider: it.class === 'missing' ? random.pick([undefined, 'bank']) : undefined,
      correct: random.chance(0.3),
    }
    const decision = decideResolution(command, { judged, resolutions, receivers, count: resolved.length })
    if (!isRight(decision)) return void this.refused.push(decision.left.tag)
    for (const decided of decision.right) {
      const event = { ...decided, source: 'vouch/payouts', time: now } as ResolvedEvent
      if (!this.books.tell(JSON.parse(JSON.stringify(event)))) throw new Error(`no event: ${JSON.stringify(event)}`)
      this.payouts.set(programId, evolve(this.payouts.get(programId) ?? noPayouts(), event))
      this.newest.set(programId, BigInt(this.books.log.length))
      this.#resolved.set(programId, [...resolved, event])
      this.done.push(`${decided.data.class} ${decided.data.resolution}`)
    }
  }

  run(programId: string, command: PayoutCommand, now: number): void {
    const before = this.payouts.get(programId) ?? noPayouts()
    const decision = decidePayout(command, before)
    if (!isRight(decision)) return void this.refused.push(decision.left.tag)
    for (const decided of decision.right) {
      const event = eventOf(decided, now)
      if (!this.books.tell(event as unknown as LoggedEvent['event']))
        throw new Error(`no event: ${JSON.stringify(event)}`)
      this.payouts.set(programId, evolve(this.payouts.get(programId) ?? noPayouts(), event))
      this.newest.set(programId, BigInt(this.books.log.length))
      this.done.push(decided.type)
    }
  }
}

const eventOf = (decided: DecidedPayout, time: number): PayoutEvent =>
  ({ ...decided, source: 'vouch/payouts', time }) as PayoutEvent

/**
 * What is payable of each balance as of a day: the least that it comes to from then on. What batches have taken or given back, and
 * what conversions have taken, counts whatever its day; what these gave counts from the day as of which they were. By brute force.
 */
export function payableIn(
  books: Books,
  programId: string,
  asOf: string,
  isKnown: (position: number) => boolean,
): Balance[] {
  const own = books.entries.filter(
    ({ position: at, values }) =>
      isKnown(at) && values.program_id === programId && values.account?.startsWith('liability:payable:'),
  )
  const asOfs = new Map(
    books.rows
      .filter(({ table }) => table === 'balance_conversions')
      .map(({ position, values }) => [position, values.as_of ?? '']),
  )
  const from = ({ position, values }: LedgerRow): string => {
    const converted = asOfs.get(position)
    if (values.batch_id !== '' || (converted !== undefined && units(values.amount) > 0n)) return asOf
    return converted ?? values.effective_on ?? ''
  }
  return [...Map.groupBy(own, ({ values }) => `${values.party_id} ${values.currency}`).values()].map((entries) => {
    const { party_id = '', currency = '' } = entries[0]?.values ?? {}
    const [, role = '', id = ''] = party_id.split(':')
    const days = [asOf, ...entries.map(from).filter((day) => day > asOf)]
    const least = days
      .map((day) => entries.filter((it) => from(it) <= day).reduce((sum, { values }) => sum - units(values.amount), 0n))
      .reduce((one, other) => (one < other ? one : other))
    return {
      role: role as Balance['role'],
      beneficiaryId: decodeURIComponent(id),
      currency,
      amountMinor: least / 10n ** BigInt(4 - (digitsOf(currency) ?? 0)),
    }
  })
}

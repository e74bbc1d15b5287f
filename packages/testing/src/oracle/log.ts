import type { Money } from './exact.ts'

/** The auditor's own, plain picture of a logged event; `data` is the contract's JSON. */
export interface LoggedEvent {
  readonly position: number
  /** When it reached the log, ms since the epoch, UTC. */
  readonly recordedAt: number
  readonly event: PlainEvent
}

export interface PlainEvent {
  readonly id: string
  readonly source: string
  /** `vouch.….v1` */
  readonly type: string
  /** When it happened, ms since the epoch, UTC. */
  readonly time: number
  readonly data: Readonly<Record<string, unknown>>
}

export interface Item {
  readonly sku?: string
  readonly category?: string
  readonly quantity?: number
  readonly amount: Money
}

/** What of each event's data the auditor reads. */
export interface DataByType {
  click: { programId: string; code: string; visitorId: string; channel?: string; shareId?: string }
  share: { programId: string; advocateId: string; channel: string; code?: string; shareId?: string }
  signup: { programId: string; customerId: string; visitorId?: string; code?: string }
  conversion: {
    programId: string
    conversionId: string
    amount: Money
    customerId?: string
    visitorId?: string
    code?: string
    kind?: string
    items?: readonly Item[]
    country?: string
    fxRate?: string
  }
  'conversion.amended': { programId: string; conversionId: string; amount: Money; items?: readonly Item[] }
  refund: { programId: string; refundId: string; conversionId: string; amount: Money; items?: readonly Item[] }
  'identities.linked': { programId: string; visitorId: string; customerId: string }
  'identities.unlinked': { programId: string; visitorId: string; customerId: string }
  'program.published': PublishedTerms
  'advocate.enrolled': AdvocateData
  'advocate.updated': AdvocateData
  'advocate.suspended': { programId: string; advocateId: string }
  'advocate.reinstated': { programId: string; advocateId: string }
  'code.issued': { programId: string; advocateId: string; code: string }
  'code.revoked': { programId: string; advocateId: string; code: string }
  'touch.disqualified': { programId: string; source: string; id: string }
  'consent.granted': { programId: string; customerId: string; purpose: string }
  'consent.withdrawn': { programId: string; customerId: string; purpose: string }
  'person.forgotten': { programId: string; subject: string; subjectId: string; reason?: string }
  'reward.granted': { programId: string; advocateId: string; amount: Money; conversionId?: string }
  'reward.revoked': { programId: string; advocateId: string; amount: Money; conversionId?: string }
  'payout.opened': OpenedPayout
  'payout.approved': { programId: string; batchId: string; by: string }
  'payout.cancelled': { programId: string; batchId: string; by: string }
  'payout.submitted': { programId: string; batchId: string; format: string }
  'payout.settled': StatedLine
  'payout.failed': StatedLine
  'payout.returned': StatedLine
  'statement.recorded': RecordedLine
  'discrepancy.resolved': ResolvedData
  'payee.held': { programId: string; beneficiaryId: string; role?: string; hold: string; reason?: string }
  'payee.released': { programId: string; beneficiaryId: string; role?: string; reason?: string }
  'period.closing': { programId: string; period: string; by: string }
  'period.closed': { programId: string; period: string; by: string; totals: readonly DeclaredTotals[] }
  'balances.converted': ConvertedBalances
}

export interface OpenedPayout {
  readonly programId: string
  readonly batchId: string
  readonly asOf: string
  readonly by: string
  readonly lines: readonly PaidLine[]
}

export interface PaidLine {
  readonly reference: string
  readonly beneficiaryId: string
  readonly kind: string
  readonly amount: Money
  readonly parts: readonly { readonly role: string; readonly value: string }[]
}

export interface DeclaredTotals {
  readonly role: string
  readonly beneficiaryId: string
  readonly currency: string
  /** Zero where it is left out. */
  readonly opening?: string
  readonly earned?: string
  readonly reversed?: string
  readonly paid?: string
  readonly writtenOff?: string
  readonly converted?: string
  readonly adjusted?: string
  readonly closing?: string
  readonly pending?: string
  readonly payable?: string
  readonly inTransit?: string
}

export interface ConvertedBalances {
  readonly programId: string
  readonly conversionId: string
  readonly from: string
  readonly to: string
  readonly rate: string
  readonly asOf: string
  readonly by: string
  readonly reason?: string
  readonly lines: readonly { readonly beneficiaryId: string; readonly role: string; readonly from: string }[]
}

export interface RecordedLine {
  readonly programId: string
  readonly provider: string
  readonly reference: string
  readonly beneficiaryId?: string
  readonly amount: Money
  readonly status: string
  readonly date: string
  readonly fee?: Money
  readonly statementId?: string
  readonly lineId?: string
  readonly reason?: string
}

export interface StatedLine {
  readonly programId: string
  readonly batchId: string
  readonly reference: string
  readonly date: string
  readonly provider: string
  readonly fee?: Money
}

export interface ResolvedData {
  readonly programId: string
  readonly batchId?: string
  readonly reference: string
  readonly class: string
  readonly resolution: 'accept' | 'write-off' | 'retry' | 'disregard'
  readonly by: string
  readonly reason: string
  readonly rate?: string
  readonly provider?: string
  readonly lines: readonly ResolvedLine[]
  readonly about?: { readonly batchId: string; readonly reference: string }
}

export interface ResolvedLine {
  readonly id: string
  readonly provider: string
  readonly amount: Money
  readonly status: string
  readonly date: string
  readonly before?: { readonly resolution: ResolvedData['resolution']; readonly about?: ResolvedData['about'] }
}

export interface AdvocateData {
  readonly programId: string
  readonly advocateId: string
  readonly kind?: string
  readonly customerId?: string
  readonly group?: string
  readonly parentAdvocateId?: string
  readonly attributes?: Readonly<Record<string, unknown>>
}

export type Model = 'first-touch' | 'last-touch' | 'linear' | 'position-based' | 'time-decay'
export const models: readonly Model[] = ['first-touch', 'last-touch', 'linear', 'position-based', 'time-decay']

export interface Terms {
  readonly programId: string
  readonly name?: string
  readonly currency: string
  readonly effectiveFrom?: string
  readonly attribution: {
    readonly rewardBy: Model
    readonly lookback: { readonly click: string; readonly signup: string }
    readonly touchReuse: 'all' | 'since-last-conversion'
    readonly selfReferral: 'exclude' | 'allow'
    readonly positionBased: { readonly first: number; readonly last: number }
    readonly timeDecay: { readonly halfLife: string }
    readonly horizon: string
    /** The purpose to which a customer must have consented, or nothing that they did counts. */
    readonly requireConsent?: string
  }
  readonly holdDays: number
  readonly rewards: readonly Rule[]
}

/** As they are written: most of it may be left out. */
export interface PublishedTerms extends Partial<Omit<Terms, 'attribution'>> {
  readonly programId: string
  readonly currency: string
  readonly attribution?: Partial<Omit<Terms['attribution'], 'lookback'>> & {
    readonly lookback?: Partial<Terms['attribution']['lookback']>
  }
}

export type Trigger = 'click' | 'share' | 'signup' | 'conversion'
export type Role = 'advocate' | 'referee' | 'upline'

export interface Cap {
  readonly amount?: string
  readonly conversions?: number
  readonly per?: 'month'
}

export interface Tiers {
  readonly by: 'conversions'
  readonly per?: 'month'
  readonly steps: readonly { readonly from: number; readonly percent?: string; readonly fixed?: string }[]
}

export interface Rule {
  readonly ruleId: string
  readonly trigger: Trigger
  readonly to: Role
  readonly amount: { readonly percent?: string; readonly fixed?: string; readonly tiers?: Tiers }
  readonly when?: {
    readonly minAmount?: string
    readonly customer?: string
    readonly countries?: readonly string[]
    readonly categories?: readonly string[]
    readonly kinds?: readonly string[]
  }
  readonly caps?: { readonly perAdvocate?: Cap; readonly perCustomer?: Cap; readonly perProgram?: Cap }
}

/** An event with its data's type, and how late it was when it reached the log (0 for what is never late). */
export interface Fact<T extends keyof DataByType = keyof DataByType> {
  readonly type: T
  readonly id: string
  readonly source: string
  readonly time: number
  readonly position: number
  readonly lateMs: number
  readonly data: DataByType[T]
}

/** The same, told apart by its type. */
export type SomeFact = { [T in keyof DataByType]: Fact<T> }[keyof DataByType]

/** By time, then source, then id, the latter two as UTF-8 bytes. */
export function inOrder(
  left: { time: number; source: string; id: string },
  right: { time: number; source: string; id: string },
): number {
  return left.time - right.time || byBytes(left.source, right.source) || byBytes(left.id, right.id)
}

export function byBytes(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right))
}

/** The UTC month of a fact's own time. */
export function monthOf(fact: { time: number }): string {
  return new Date(fact.time).toISOString().slice(0, 7)
}

/** How the auditor's tables name an event: SOURCE/ID. */
export function nameOf(fact: { source: string; id: string }): string {
  return `${fact.source}/${fact.id}`
}

/** Codes are compared without case and outer blanks. */
export function sameCode(left: string, right: string): boolean {
  return left.trim().toLowerCase() === right.trim().toLowerCase()
}

const canBeLate = new Set(['click', 'share', 'signup', 'conversion'])

/** The facts of one program in log order; each of the four kinds that can be late is held against the program's clock. */
export function factsOf(log: readonly LoggedEvent[], programId: string): Fact[] {
  let clock = Number.NEGATIVE_INFINITY
  const facts: Fact[] = []
  for (const { position, recordedAt, event } of [...log].sort((a, b) => a.position - b.position)) {
    if (event.data.programId !== programId) continue
    const type = event.type.replace(/^vouch\./, '').replace(/\.v\d+$/, '') as keyof DataByType
    const { id, source, time } = event
    const lateMs = canBeLate.has(type) ? Math.max(0, clock - time) : 0
    if (canBeLate.has(type)) clock = Math.max(clock, Math.min(time, recordedAt))
    facts.push({ type, id, source, time, position, lateMs, data: event.data as unknown as DataByType[typeof type] })
  }
  return facts
}

import type { DataOf, EventOf, VouchEvent } from '../events/types.ts'
import { toMinor } from '../money.ts'
import { isAlone, isResolvedEvent, type ResolvedEvent } from '../resolutions/resolution.ts'
import { afterReport, type LineStanding, standingOf } from '../resolutions/standing.ts'
import type { Carried, PayoutLine } from './lines.ts'
import { type PayoutType, payoutTypes } from './types.ts'

/** What happens to batches of payouts and their lines. */
export type PayoutEvent = { [T in PayoutType]: EventOf<T> }[PayoutType]

const known: ReadonlySet<string> = new Set(payoutTypes)
export const isPayoutEvent = (event: VouchEvent): event is PayoutEvent => known.has(event.type)

/** submitted: the instructions are out, and what becomes of each line is the provider's to say. */
export type BatchStatus = 'open' | 'approved' | 'cancelled' | 'submitted'

/** What the provider has said of a line; undefined while it has said nothing. */
export type LineOutcome = 'settled' | 'failed' | 'returned'

export interface BatchLine extends PayoutLine {
  readonly outcome?: LineOutcome | undefined
  /** What the provider said last; undefined while it has said nothing. */
  readonly said?: LineReport | undefined
  /** Where its money is; undefined while it is reserved or in transit. */
  readonly standing?: LineStanding | undefined
  /** Somebody has resolved it: what statements say is no longer booked by itself. */
  readonly isResolved?: boolean | undefined
}

/** What a provider says of a line. */
export interface LineReport {
  readonly provider: string
  /** The day on which it says that it happened. */
  readonly on: string
  readonly reason?: string | undefined
}

export interface Batch {
  readonly batchId: string
  readonly programId: string
  readonly status: BatchStatus
  readonly asOf: string
  readonly minimum?: string | undefined
  /** The log position at which its balances were known. */
  readonly computedAt: bigint
  readonly openedBy: string
  /** ms since the epoch, UTC, as all times of it. */
  readonly openedAt: number
  readonly approvedBy?: string | undefined
  readonly approvedAt?: number | undefined
  readonly cancelledBy?: string | undefined
  readonly cancelledAt?: number | undefined
  /** Why it was cancelled, in words. */
  readonly cancelReason?: string | undefined
  readonly submittedAt?: number | undefined
  /** The format in which its instructions went out first. */
  readonly submittedAs?: string | undefined
  /** By reference, in the order in which they were opened. */
  readonly lines: Map<string, BatchLine>
  readonly carried: readonly Carried[]
}

/** All batches of one program, in the order in which they were opened. */
export type Payouts = Map<string, Batch>

export const noPayouts = (): Payouts => new Map()

/**
 * The state after an event that the log has. It is the same state, changed: a batch may have a hundred thousand lines, and
 * as many events.
 * @throws Error for an event that no decision led to
 */
export function evolve(payouts: Payouts, event: PayoutEvent | ResolvedEvent): Payouts {
  if (isResolvedEvent(event)) return withResolution(payouts, event)
  const { batchId } = event.data
  if (event.type === 'vouch.payout.opened.v1') return payouts.set(batchId, openedBatch(event))
  const batch = payouts.get(batchId)
  if (batch === undefined)
    throw new Error(`The log has ${event.type} (id ${event.id}) of a batch that was never opened.`)
  return payouts.set(batchId, changed(batch, event))
}

function changed(batch: Batch, event: Exclude<PayoutEvent, EventOf<'vouch.payout.opened.v1'>>): Batch {
  switch (event.type) {
    case 'vouch.payout.approved.v1':
      return { ...batch, status: 'approved', approvedBy: event.data.by, approvedAt: event.time }
    case 'vouch.payout.cancelled.v1': {
      const { by, reason } = event.data
      return { ...batch, status: 'cancelled', cancelledBy: by, cancelledAt: event.time, cancelReason: reason }
    }
    case 'vouch.payout.submitted.v1':
      return { ...batch, status: 'submitted', submittedAt: event.time, submittedAs: event.data.format }
    case 'vouch.payout.settled.v1':
      return withOutcome(batch, 'settled', event.data)
    case 'vouch.payout.failed.v1':
      return withOutcome(batch, 'failed', event.data)
    case 'vouch.payout.returned.v1':
      return withOutcome(batch, 'returned', event.data)
    default:
      return event satisfies never
  }
}

type Report = DataOf<'vouch.payout.settled.v1'> | DataOf<'vouch.payout.failed.v1'> | DataOf<'vouch.payout.returned.v1'>

function withOutcome(batch: Batch, outcome: LineOutcome, data: Report): Batch {
  const { reference, provider, date } = data
  const reason = 'reason' in data ? data.reason : undefined
  const line = batch.lines.get(reference)
  if (line === undefined)
    throw new Error(`The log has ${outcome} for ${reference}, which batch ${batch.batchId} has not.`)
  const standing = afterReport(line.standing, outcome, provider, line)
  batch.lines.set(reference, { ...line, outcome, standing, said: { provider, on: date, reason } })
  return batch
}

/** What was decided of a line of a statement alone is nothing of the batch's. */
function withResolution(payouts: Payouts, { id, data }: ResolvedEvent): Payouts {
  const { batchId = '', reference } = data
  if (isAlone(data.class)) return payouts
  const lines = payouts.get(batchId)?.lines
  const line = lines?.get(reference)
  if (line === undefined)
    throw new Error(`The log has a resolution (id ${id}) of ${reference}, which batch ${batchId} has not.`)
  lines?.set(reference, { ...line, standing: decidedStanding(data, line), isResolved: true })
  return payouts
}

/** The standing that the resolution of an instruction leads to. */
export function decidedStanding(
  data: ResolvedEvent['data'],
  line: Pick<PayoutLine, 'amountMinor' | 'currency'>,
): LineStanding {
  const { resolution, rate, provider } = data
  if (resolution === 'disregard') throw new Error(`What was instructed cannot be disregarded (${data.reference}).`)
  const said = data.lines.map(({ amount, ...rest }) => ({
    ...rest,
    amountMinor: toMinor(amount),
    currency: amount.currency,
  }))
  return standingOf({ as: resolution, said, rate, provider }, line)
}

function openedBatch({ time, data }: EventOf<'vouch.payout.opened.v1'>): Batch {
  const { batchId, programId, asOf, minimum, by, position, lines, carried } = data
  return {
    batchId,
    programId,
    status: 'open',
    asOf,
    minimum,
    computedAt: BigInt(position),
    openedBy: by,
    openedAt: time,
    lines: new Map(lines.map((line) => [line.reference, payoutLine(line)])),
    carried: carried.map(({ value, currency, ...rest }) => ({
      ...rest,
      currency,
      amountMinor: toMinor({ value, currency }),
    })),
  }
}

/** A line as the event that opened its batch has it, amounts in minor units. */
export const payoutLine = ({
  reference,
  kind,
  beneficiaryId,
  amount,
  parts,
}: EventOf<'vouch.payout.opened.v1'>['data']['lines'][number]): PayoutLine => ({
  reference,
  kind,
  beneficiaryId,
  currency: amount.currency,
  amountMinor: toMinor(amount),
  parts: parts.map(({ role, value }) => ({ role, amountMinor: toMinor({ value, currency: amount.currency }) })),
})

import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js'
import type { DataOf, EventOf, EventType } from '../events/types.ts'
import { maskedAccount } from '../payees/account.ts'
import type { PayeeAccount, RegistrationId } from '../payees/payee.ts'
import type { Batch, BatchLine } from './batch.ts'
import { type DecidedPayout, decidePayout, type PayoutRejection } from './decide.ts'

export const instructedType = 'vouch.payout.instructed.v1' satisfies EventType

/** What the instructions of a batch are made of, recorded when they are first made. */
export type InstructedEvent = EventOf<'vouch.payout.instructed.v1'>

export type Debtor = DataOf<'vouch.payout.instructed.v1'>['debtor']

/** Where a line is to be paid, or why it cannot be. */
export type LinePayee =
  | { readonly tag: 'known'; readonly registration: RegistrationId; readonly account: PayeeAccount }
  /** Nobody has said where. */
  | { readonly tag: 'none' }
  /** It was said, and can be read no more: they were forgotten, or the keys are gone. */
  | { readonly tag: 'unreadable' }

export interface InstructBatch {
  readonly batchId: string
  readonly format: string
  /** Who pays. It may be left out once it is recorded. */
  readonly debtor?: Debtor | undefined
  /** The day on which the bank is asked to pay; today where it is left out. */
  readonly executeOn?: string | undefined
  /** The UTC day. */
  readonly today: string
  /** By reference: of the recorded registrations, or where there are none yet, of the latest. */
  readonly payees: ReadonlyMap<string, LinePayee>
}

export interface InstructRejection {
  readonly tag:
    | PayoutRejection['tag']
    | 'other-debtor'
    | 'other-day'
    | 'no-debtor'
    | 'day-over'
    | 'no-transfer'
    | 'no-payee'
  readonly says: string
}

export interface DecidedInstructions {
  readonly type: typeof instructedType
  readonly id: string
  readonly data: DataOf<typeof instructedType>
}

const no = (tag: InstructRejection['tag'], says: string): Either<InstructRejection, never> => left({ tag, says })

/**
 * Whether instructions that name bank accounts can be made of a batch: the events that record what they are made of and
 * that they went out, to be appended together; none where both is so. In order of precedence: what speaks against
 * submitting, then as `InstructRejection` lists it.
 * @param instructed what is recorded of this batch
 */
export function decideInstruct(
  command: InstructBatch,
  payouts: ReadonlyMap<string, Batch>,
  instructed: InstructedEvent | undefined,
): Either<InstructRejection, readonly (DecidedPayout | DecidedInstructions)[]> {
  const { batchId, format, debtor, executeOn, today, payees } = command
  const submitted = decidePayout({ tag: 'submit', batchId, format }, payouts)
  if (isLeft(submitted)) return submitted
  // It is one of the batches, or it could not have been submitted.
  const batch = payouts.get(batchId) as Batch
  if (instructed !== undefined) {
    const recorded = instructed.data
    if (debtor !== undefined && !isSameDebtor(debtor, recorded.debtor))
      return no(
        'other-debtor',
        `The instructions of batch ${batchId} were made for ${recorded.debtor.name}, account ${maskedAccount(recorded.debtor.iban)}, and stay the same; leave the debtor out, or name that one.`,
      )
    if (executeOn !== undefined && executeOn !== recorded.executeOn)
      return no(
        'other-day',
        `The instructions of batch ${batchId} ask for payment on ${recorded.executeOn}, and stay the same; leave the day out.`,
      )
  } else {
    if (debtor === undefined)
      return no(
        'no-debtor',
        `Whose account batch ${batchId} is paid from is not known yet; name it with --debtor-name and --debtor-iban.`,
      )
    if (executeOn !== undefined && executeOn < today)
      return no(
        'day-over',
        `The day ${executeOn} is over, and no bank pays then; name today, ${today}, or a later day.`,
      )
  }
  const lines = [...batch.lines.values()]
  const funds = lines.filter(({ currency }) => notTransferred.has(currency))
  if (funds.length > 0) return no('no-transfer', noTransfer(batchId, funds))
  const lacking = lines.flatMap((line) => {
    const why = lackOf(payees.get(line.reference))
    return why === undefined ? [] : [`${lineText(line)}: ${why}`]
  })
  if (lacking.length > 0) return no('no-payee', noPayee(batchId, lacking))
  if (instructed !== undefined) return submitted
  const data = {
    programId: batch.programId,
    batchId,
    format,
    // Not undefined where nothing is recorded.
    debtor: debtor as Debtor,
    executeOn: executeOn ?? today,
    payees: lines.map(({ reference }) => ({ reference, ...registrationOf(payees.get(reference)) })),
  }
  return right([{ type: instructedType, id: `${batchId}/instructed`, data }, ...submitted.right])
}

/**
 * Units of account and funds of ISO 4217 that have digits and that no account is paid in: of Bolivia, Switzerland, Chile,
 * Colombia, Mexico, the United States and Uruguay.
 */
const notTransferred: ReadonlySet<string> = new Set([
  ...['BOV', 'CHE', 'CHW', 'CLF', 'COU', 'MXV', 'USN', 'UYI', 'UYW'],
])

function lackOf(payee: LinePayee | undefined): string | undefined {
  if (payee === undefined || payee.tag === 'none') return 'no payee is registered'
  if (payee.tag === 'unreadable')
    return 'their bank details can be read no more; they were forgotten, or the keys are gone'
  return payee.account.iban === undefined ? 'the payee has no IBAN, only an account at a provider' : undefined
}

function registrationOf(payee: LinePayee | undefined): RegistrationId {
  if (payee?.tag !== 'known') throw new Error('A line without a payee has got as far as its instructions.')
  return payee.registration
}

const lineText = ({ reference, beneficiaryId, kind }: BatchLine): string => `${reference}  ${kind} ${beneficiaryId}`

const noPayee = (batchId: string, lacking: readonly string[]): string =>
  `Batch ${batchId} has ${lacking.length === 1 ? '1 line' : `${lacking.length} lines`} without an account to pay to, so nothing was handed out; send a vouch.payee.registered.v1 for each, or export csv:\n${lacking.join('\n')}`

const noTransfer = (batchId: string, lines: readonly BatchLine[]): string =>
  `Batch ${batchId} has ${lines.length === 1 ? '1 line' : `${lines.length} lines`} in a unit that no credit transfer carries, so nothing was handed out; export csv:\n${lines.map((line) => `${lineText(line)}: ${line.currency}`).join('\n')}`

const isSameDebtor = (one: Debtor, other: Debtor): boolean =>
  one.name === other.name && one.iban === other.iban && one.bic === other.bic

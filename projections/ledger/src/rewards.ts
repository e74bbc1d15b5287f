import { identityOf, isCorrection, type MoneyRole, rewardTransactions, toMinor } from '@vouch/domain'
import type { LoggedEvent, Row } from '@vouch/projector'
import { pushTransaction, timesOf } from './rows.ts'
import { TimesMoved } from './times-moved.ts'

/** The columns of a row of `rewards` that the books ask for. */
interface RewardValues {
  readonly reward_id: string
  readonly rule_id: string
  readonly role: MoneyRole
  readonly beneficiary_id: string
  readonly conversion_id: string
  readonly amount: string
  readonly currency: string
  readonly entry: string
  /** 'YYYY-MM-DD hh:mm:ss.sss', UTC */
  readonly earned_at: string
  readonly available_on: string
}

/** The entries of whatever an event does to rewards. */
export function rewardRows(
  logged: LoggedEvent,
  followed: readonly Row[],
  moved: TimesMoved = new TimesMoved(),
): readonly Row[] {
  const movements = followed.filter(({ table }) => table === 'rewards')
  if (movements.length === 0) return []
  const { event } = logged
  const rows: Row[] = []
  const times = timesOf(logged)
  const identity = identityOf(event)
  const correctedOn = isCorrection(event.type) ? times.occurred_at.slice(0, 10) : undefined
  for (const { values } of movements) {
    const reward = values as unknown as RewardValues
    const ordinal = moved.next(reward.reward_id)
    const movement = {
      programId: times.program_id,
      rewardId: reward.reward_id,
      ruleId: reward.rule_id,
      role: reward.role,
      beneficiaryId: reward.beneficiary_id,
      conversionId: reward.conversion_id,
      amountMinor: toMinor({ value: reward.amount, currency: reward.currency }),
      currency: reward.currency,
      entry: reward.entry,
      earnedOn: reward.earned_at.slice(0, 10),
      availableOn: reward.available_on,
    }
    const [earned, available] = rewardTransactions(movement, { identity, ordinal, correctedOn })
    pushTransaction(rows, earned, '', times)
    pushTransaction(rows, available, '', times)
  }
  return rows
}

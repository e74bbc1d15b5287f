import { type CalledForRow, idOf, rowOf, type Step, timeText } from '../books/step.ts'
import { laterDay, negative, part, partyOf } from './accounts.ts'

/** Two transactions for each row of `rewards`: what was earned is pending, and then it is available. */
export function rewardEntries(step: Step, rewards: readonly CalledForRow[]): CalledForRow[] {
  const { fact } = step
  const happened = fact.type === 'refund' || fact.type === 'conversion.amended' ? timeText(fact.time).slice(0, 10) : ''
  return rewards.flatMap(({ cells }, index) => {
    const { reward_id = '', rule_id = '', role = '', beneficiary_id = '', conversion_id = '', amount = '' } = cells
    const { currency, entry = '', earned_at = '', available_on = '' } = cells
    const before = rewards.slice(0, index).filter((other) => other.cells.reward_id === reward_id).length
    const name = [eventName(step), reward_id, ...(before === 0 ? [] : [String(before)])].join('/')
    const party_id = partyOf(step.programId, role, beneficiary_id)
    const subject = idOf(rule_id) + (conversion_id === '' ? '' : ` for ${idOf(conversion_id)}`)
    const pending = `liability:pending:${party_id}`
    const both = (debit: string, credit: string, cellsOfBoth: Record<string, string>) => [
      rowOf(step, 'ledger', { account: debit, amount, party_id, currency, ...cellsOfBoth }),
      rowOf(step, 'ledger', { account: credit, amount: negative(amount), party_id, currency, ...cellsOfBoth }),
    ]
    return [
      ...both(`expense:rewards:${part(step.programId)}`, pending, {
        transaction_id: `earned/${name}`,
        memo: `${entry}: ${subject}`,
        movement: amount.startsWith('-') ? 'reversed' : 'earned',
        effective_on: laterDay(earned_at.slice(0, 10), happened),
        belongs_on: laterDay(earned_at.slice(0, 10), happened),
        batch_id: '',
      }),
      ...both(pending, `liability:payable:${party_id}`, {
        transaction_id: `available/${name}`,
        memo: `${amount.startsWith('-') ? 'no longer available' : 'available'}: ${subject}`,
        movement: 'released',
        effective_on: laterDay(available_on, happened),
        belongs_on: laterDay(available_on, happened),
        batch_id: '',
      }),
    ]
  })
}

/** What the log knows the event by. */
function eventName({ fact, programId }: Step): string {
  switch (fact.type) {
    case 'signup':
      return idOf('signup', programId, fact.data.customerId)
    case 'conversion':
      return idOf('conversion', programId, fact.data.conversionId)
    case 'refund':
      return idOf('refund', programId, fact.data.refundId)
    case 'advocate.enrolled':
      return idOf('advocate', programId, fact.data.advocateId)
    case 'code.issued':
      return idOf('code', programId, fact.data.code.trim().toLowerCase())
    default:
      return idOf('event', fact.source, fact.id)
  }
}

import { availableOn, type EventOf, formatMinor, timestamp, toMinor } from '@vouch/domain'
import { bookExclusions } from './exclusion.ts'
import type { Program } from './program.ts'
import { nameOf, type Rows } from './rows.ts'
import type { HandReward } from './state.ts'

type ByHand = EventOf<'vouch.reward.granted.v1'> | EventOf<'vouch.reward.revoked.v1'>

/** What an operator grants or takes back stands by itself: no rule, cap or refund touches it. */
export function rewardByHand(program: Program, { type, source, id, time, data }: ByHand, rows: Rows): void {
  const { advocateId, amount, conversionId } = data
  const revoked = type === 'vouch.reward.revoked.v1'
  writeHandReward(program, { source, id, time, advocateId, amount, conversionId, revoked }, rows)
}

/** Writes a reward by hand, unless it waits for terms that cover its time or for the conversion it names. */
export function writeHandReward(program: Program, reward: HandReward, rows: Rows): void {
  const { source, id, time, advocateId, amount, conversionId = '', revoked } = reward
  const terms = program.termsAt(time)
  const unknown = conversionId !== '' && !program.conversion(conversionId).fact
  const reason = unknown ? 'unknown-conversion' : terms ? undefined : 'no-terms'
  const standing = { exclusions: reward.exclusions ?? [] }
  bookExclusions(standing, reason ? [{ subject: 'event', reason, source, eventId: id, conversionId }] : [], rows)
  if (unknown) {
    const state = program.conversion(conversionId)
    state.waiting = [...(state.waiting ?? []), { ...reward, ...standing }]
    return program.save('conversion', conversionId, state)
  }
  if (!terms) {
    program.self.waiting = [...(program.self.waiting ?? []), { ...reward, ...standing }]
    return program.saveSelf()
  }
  const amountMinor = toMinor(amount)
  rows.push('rewards', {
    reward_id: nameOf(revoked ? 'revoked' : 'granted', source, id),
    rule_id: 'by-hand',
    terms_version: terms.version,
    beneficiary_id: advocateId,
    role: 'advocate',
    conversion_id: conversionId,
    trigger: 'by-hand',
    source,
    event_id: id,
    amount: formatMinor(revoked ? -amountMinor : amountMinor, amount.currency),
    currency: amount.currency,
    entry: revoked ? 'reversed' : 'accrued',
    standing: 1,
    earned_at: timestamp(time),
    available_on: availableOn(time, revoked ? 0 : terms.holdDays),
  })
}

import { availableOn, type DataOf, type EventOf, formatMinor, timestamp, toMinor } from '@vouch/domain'
import { listClick, openClickTrigger } from './facts.ts'
import type { TriggerRef } from './people.ts'
import type { Program } from './program.ts'
import { nameOf, type Rows } from './rows.ts'
import { bookExclusions, refKey, refOf, settle } from './settle.ts'
import type { HandReward } from './state.ts'

/** The next version of the terms. What they cover already, or may now be counted for the first time, is judged anew. */
export function publishTerms(
  program: Program,
  { data, time }: EventOf<'vouch.program.published.v1'>,
  rows: Rows,
): void {
  const { versions, latest, waiting = [] } = program.self
  const version = versions.length + 1
  versions.push({ version, publishedAt: time, terms: data })
  program.self.waiting = []
  program.saveSelf()
  rows.push('programs', {
    version,
    name: data.name ?? '',
    currency: data.currency,
    reward_by: data.attribution.rewardBy,
    effective_from: timestamp(Date.parse(data.effectiveFrom)),
    terms: JSON.stringify(data),
  })
  for (const reward of waiting) writeHandReward(program, reward, rows)
  if (latest !== undefined && latest >= Date.parse(data.effectiveFrom)) settle(program, everything(program, rows), rows)
}

/** Every trigger of the program; clicks are listed anew on the way. */
function everything(program: Program, rows: Rows): TriggerRef[] {
  const refs: TriggerRef[] = []
  const idsOf = (kind: string) => {
    const prefix = program.key('')
    return program.state.keys(kind, prefix).map((key) => key.slice(prefix.length))
  }
  for (const visitorId of idsOf('visitor')) {
    const visitor = program.visitor(visitorId)
    for (const click of visitor.clicks) {
      listClick(program, visitorId, click, rows)
      refs.push(...openClickTrigger(program, visitorId, click))
    }
    program.save('visitor', visitorId, visitor)
  }
  for (const kind of ['click', 'share', 'signup', 'conversion']) {
    for (const id of idsOf(kind)) refs.push(refOf(`${kind}\n${id}`))
  }
  return refs
}

/** A touch that an operator has thrown out counts for nothing, for all time, whether it has come already or not. */
export function disqualifyTouch(program: Program, data: DataOf<'vouch.touch.disqualified.v1'>, rows: Rows): void {
  const { source, id, reason } = data
  const key = program.key(source, id)
  if (program.state.get('disqualified', key) !== undefined) return
  program.state.put('disqualified', key, { reason })
  if (!program.self.disqualifies) {
    program.self.disqualifies = true
    program.saveSelf()
  }
  bookExclusions({ exclusions: [] }, [{ subject: 'touch', reason: 'disqualified', source, eventId: id }], rows)
  const refs = program.state.members('by-touch', key).map(refOf)
  const share: TriggerRef = { kind: 'share', source, id }
  settle(program, refs.some((ref) => refKey(ref) === refKey(share)) ? refs : [...refs, share], rows)
}

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
    earned_at: timestamp(time),
    available_on: availableOn(time, revoked ? 0 : terms.holdDays),
  })
}

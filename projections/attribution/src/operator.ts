import { type DataOf, type EventOf, timestamp } from '@vouch/domain'
import { judgeAnew } from './anew.ts'
import { bookExclusions } from './exclusion.ts'
import { writeHandReward } from './hand.ts'
import type { Program } from './program.ts'
import type { Rows } from './rows.ts'
import { settle } from './settle.ts'
import type { TriggerRef } from './trigger.ts'
import { refKey, refOf } from './trigger.ts'

/**
 * The next version of the terms. What they cover already, or may now be counted for the first time, is judged anew.
 * @returns the steps, as in `judgeAnew`
 */
export function* publishTerms(
  program: Program,
  { data, time }: EventOf<'vouch.program.published.v1'>,
  rows: Rows,
  held: number | undefined,
): Generator<void> {
  const { versions, latest, waiting = [] } = program.self
  const from = Date.parse(data.effectiveFrom)
  const version = versions.length + 1
  versions.push({ version, publishedAt: time, terms: data })
  program.self.waiting = []
  program.saveSelf()
  rows.push('programs', {
    version,
    name: data.name ?? '',
    currency: data.currency,
    reward_by: data.attribution.rewardBy,
    effective_from: timestamp(from),
    terms: JSON.stringify(data),
  })
  for (const reward of waiting) writeHandReward(program, reward, rows)
  if (latest !== undefined && latest >= from) yield* judgeAnew(program, from, rows, held)
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

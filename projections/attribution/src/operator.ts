import { type DataOf, type EventOf, timestamp } from '@vouch/domain'
import { bookExclusions } from './exclusion.ts'
import { listClick, listLinks, openClickTrigger } from './facts.ts'
import { writeHandReward } from './hand.ts'
import type { Program } from './program.ts'
import type { Rows } from './rows.ts'
import { settle } from './settle.ts'
import type { TriggerRef } from './trigger.ts'
import { refKey, refOf } from './trigger.ts'

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

/** Every trigger of the program; clicks and links are listed anew on the way. */
function everything(program: Program, rows: Rows): TriggerRef[] {
  const refs: TriggerRef[] = []
  const idsOf = (kind: string) => {
    const prefix = program.key('')
    return program.state.keys(kind, prefix).map((key) => key.slice(prefix.length))
  }
  for (const visitorId of idsOf('visitor')) {
    const visitor = program.visitor(visitorId)
    for (const click of visitor.clicks) {
      listClick(program, visitorId, visitor, click, rows)
      refs.push(...openClickTrigger(program, visitorId, click))
    }
    listLinks(program, visitorId, visitor, rows)
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

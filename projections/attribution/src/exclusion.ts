import type { CorrectionReason, RewardReason, TouchReason } from '@vouch/domain'
import type { Rows } from './rows.ts'
import type { TriggerState } from './state.ts'

/** Why an event, a touch or a reward counts for nothing. */
export interface Exclusion {
  readonly subject: 'event' | 'touch' | 'reward'
  readonly reason: TouchReason | RewardReason | CorrectionReason | 'unknown-conversion' | 'code-of-another-advocate'
  readonly source: string
  readonly eventId: string
  readonly touchId?: string | undefined
  readonly conversionId?: string | undefined
  readonly ruleId?: string | undefined
  readonly beneficiaryId?: string | undefined
}

/** One text an exclusion, so that sets of them can be compared and kept. */
export const exclusionText = (it: Exclusion): string =>
  JSON.stringify([
    it.subject,
    it.reason,
    it.source,
    it.eventId,
    it.touchId ?? '',
    it.conversionId ?? '',
    it.ruleId ?? '',
    it.beneficiaryId ?? '',
  ])

/** The columns of `exclusions` that a text stands for. */
export function exclusionColumns(text: string): Record<string, string> {
  const [subject, reason, source, event_id, touch_id, conversion_id, rule_id, beneficiary_id] = JSON.parse(text) as [
    string,
    string,
    string,
    string,
    string,
    string,
    string,
    string,
  ]
  return { subject, reason, source, event_id, touch_id, conversion_id, rule_id, beneficiary_id }
}

/** Writes what is newly excluded with sign 1, and what no longer is with sign -1. */
export function bookExclusions(state: Pick<TriggerState, 'exclusions'>, next: readonly Exclusion[], rows: Rows): void {
  const texts = new Set(next.map(exclusionText))
  const before = new Set(state.exclusions)
  for (const text of before) if (!texts.has(text)) rows.push('exclusions', { sign: -1, ...exclusionColumns(text) })
  for (const text of texts) if (!before.has(text)) rows.push('exclusions', { sign: 1, ...exclusionColumns(text) })
  state.exclusions = [...texts]
}

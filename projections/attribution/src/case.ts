import type { Assessment } from './assess.ts'
import type { Exclusion } from './exclusion.ts'
import type { Program } from './program.ts'
import type { RewardCase } from './rewards.ts'
import type { Rows } from './rows.ts'
import type { Fact } from './state.ts'
import { refKey, type TriggerRef } from './trigger.ts'

/** A trigger with what it led to, what it implies now, and how to write the difference. */
export interface Case extends RewardCase {
  readonly assessment: Assessment
  /** Writes the rows of the fact itself, and of what it is worth. */
  book(rows: Rows): void
  exclusions(): Exclusion[]
  save(): void
}

/** The trigger can be found again by every code and touch that its outcome hangs on. */
export function indexTouches(program: Program, ref: TriggerRef, { path, lost }: Assessment): void {
  const key = refKey(ref)
  for (const touch of [...path, ...lost]) {
    program.state.add('by-code', program.key(touch.codeKey), key)
    program.state.add('by-touch', program.key(touch.source, touch.id), key)
  }
}

/** So that a change to a parent finds what its children brought. */
export function indexParents(program: Program, ref: TriggerRef, { occasion, terms }: Assessment): void {
  if (!occasion || !terms?.rules.some((rule) => rule.to === 'upline')) return
  for (const { parentId } of occasion.credits) {
    if (parentId !== undefined) program.state.add('by-parent', program.key(parentId), refKey(ref))
  }
}

/** A fact that is a touch by itself, and does not count as one, says so without any conversion. */
export function factExclusions(fact: Fact, { outOfAccount, lost }: Assessment): Exclusion[] {
  const reason = outOfAccount ?? lost.find((touch) => touch.source === fact.source && touch.id === fact.id)?.reason
  return reason === undefined ? [] : [{ subject: 'event', reason, source: fact.source, eventId: fact.id }]
}

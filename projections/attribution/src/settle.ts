import { compareOccurrence } from '@vouch/domain'
import { clickCase, shareCase, signupCase } from './activity-cases.ts'
import type { Case } from './case.ts'
import { conversionCase } from './conversion-case.ts'
import { bookExclusions, type Exclusion } from './exclusion.ts'
import type { Program } from './program.ts'
import { type Dues, duesOf, growRewards, rewardReasons, shrinkRewards } from './rewards.ts'
import type { Rows } from './rows.ts'
import { refKey, type TriggerRef } from './trigger.ts'
import { inOrder, triggersHeld, triggersNamed } from './trigger-order.ts'

/**
 * Brings triggers in line with the facts as they now are: each is judged anew, and the difference to what stood is
 * written. Rewards that shrink come before those that grow; within each, triggers come in the order of the contract.
 */
export function settle(program: Program, refs: readonly TriggerRef[], rows: Rows): void {
  if (refs.length === 0) return
  const unique = new Map(refs.map((ref) => [refKey(ref), ref]))
  const cases = [...unique.values()].flatMap((ref) => caseOf(program, ref) ?? [])
  cases.sort((a, b) => compareOccurrence(a.fact, b.fact))
  for (const it of cases) it.book(rows)
  const dues = cases.map(duesOf)
  for (const it of dues) shrinkRewards(program, it, rows)
  for (const it of dues) growRewards(program, it, rows)
  cases.forEach((it, index) => {
    exclude(it, dues[index] as Dues, rows)
    it.save()
  })
}

/**
 * The same for triggers of which there may be more than memory holds the cases of: each is judged once for what shrinks,
 * and again for what grows, when no other is held. Nothing that is written in between changes what is judged.
 * @param triggers in the order of the contract, each once, as often as they are asked for; undefined is a step to the next one
 */
export function* settleInSteps(
  program: Program,
  triggers: () => Iterable<{ readonly ref: TriggerRef } | undefined>,
  rows: Rows,
): Generator<void> {
  for (const trigger of triggers()) {
    yield
    const it = trigger && caseOf(program, trigger.ref)
    if (!it) continue
    it.book(rows)
    shrinkRewards(program, duesOf(it), rows)
    it.save()
  }
  for (const trigger of triggers()) {
    yield
    const it = trigger && caseOf(program, trigger.ref)
    if (!it) continue
    const dues = duesOf(it)
    growRewards(program, dues, rows)
    exclude(it, dues, rows)
    it.save()
  }
}

/**
 * The same for all triggers under these names, in any order.
 * @returns the steps, between which nothing is held but names and times of so many triggers
 */
export function settleNamed(
  program: Program,
  keys: readonly string[],
  rows: Rows,
  held = triggersHeld,
): Generator<void> {
  const unique = new Set(keys)
  return settleInSteps(
    program,
    inOrder(() => triggersNamed(program, unique), held),
    rows,
  )
}

function exclude(it: Case, dues: Dues, rows: Rows): void {
  const rewards = rewardReasons(dues).map((reason) => rewardExclusion(it, reason))
  bookExclusions(it.state, [...it.exclusions(), ...rewards], rows)
}

/** A trigger as the facts now are; undefined while there is only a correction of it. */
export function caseOf(program: Program, ref: TriggerRef): Case | undefined {
  switch (ref.kind) {
    case 'conversion': {
      const state = program.conversion(ref.id)
      return state.fact && conversionCase(program, state, state.fact)
    }
    case 'signup':
      return signupCase(program, ref.id)
    case 'click':
      return clickCase(program, ref.source, ref.id)
    case 'share':
      return shareCase(program, ref.source, ref.id)
  }
}

function rewardExclusion(
  it: Case,
  { ruleId, beneficiaryId, reason }: ReturnType<typeof rewardReasons>[number],
): Exclusion {
  const { source, id } = it.fact
  const only =
    it.kind === 'conversion'
      ? undefined
      : it.assessment.lost.find((touch) => touch.source === source && touch.id === id)
  return {
    subject: 'reward',
    reason: reason === 'no-touch' && only ? only.reason : reason,
    source,
    eventId: id,
    conversionId: it.conversionId,
    ruleId,
    beneficiaryId,
  }
}

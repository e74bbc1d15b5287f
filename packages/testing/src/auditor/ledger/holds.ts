import { type CalledForRow, rowOf, type Step } from '../books/step.ts'

/** Who is to be left out of batches, or no longer. */
export function holdEntries(step: Step): CalledForRow[] {
  const { fact } = step
  if (fact.type !== 'payee.held' && fact.type !== 'payee.released') return []
  const { beneficiaryId, role, reason } = fact.data
  const cells = {
    beneficiary_id: beneficiaryId,
    beneficiary_kind: role === 'referee' ? 'customer' : 'advocate',
    hold: fact.type === 'payee.held' ? fact.data.hold : '',
    reason,
    source: fact.source,
    event_id: fact.id,
  }
  return [rowOf(step, 'payee_holds', cells)]
}

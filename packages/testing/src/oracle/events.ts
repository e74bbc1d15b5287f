import { minorUnits } from './exact.ts'
import { type Fact, inOrder, type SomeFact } from './log.ts'
import { type Facts, factsOfType, outOfAccount, ownerOf, versionAt } from './program.ts'
import { correctionsOf } from './revenue.ts'
import { reasonsAgainstOwn, type TriggerFact } from './shares.ts'

/** Why an event counts for nothing, whatever path or reward it might have been in: all that holds. */
export function reasonsAgainstEvent(facts: Facts, fact: SomeFact): readonly string[] {
  switch (fact.type) {
    case 'click':
    case 'share':
    case 'signup':
    case 'conversion':
      return reasonsAgainstTrigger(facts, fact)
    case 'refund':
    case 'conversion.amended':
      return reasonsAgainstCorrection(facts, fact)
    case 'reward.granted':
    case 'reward.revoked': {
      const { conversionId } = fact.data
      const waits = conversionId !== undefined && conversionOf(facts, conversionId) === undefined
      const early = versionAt(facts, fact.time) === undefined
      return [...(waits ? ['unknown-conversion'] : []), ...(early ? ['no-terms'] : [])]
    }
    case 'code.revoked': {
      const owner = ownerOf(facts, fact.data.code)
      if (owner === undefined) return ['unknown-code']
      return owner === fact.data.advocateId ? [] : ['code-of-another-advocate']
    }
    default:
      return []
  }
}

/** A click says only whether its code is known: the rest depends on the conversion that it might have led to. */
function reasonsAgainstTrigger(facts: Facts, fact: TriggerFact): readonly string[] {
  const reason = outOfAccount(facts, fact)
  if (reason !== undefined) return [reason]
  const version = versionAt(facts, fact.time)
  if (version === undefined || fact.type === 'conversion') return []
  if (fact.type === 'signup' && fact.data.code === undefined) return []
  const own = reasonsAgainstOwn(facts, fact, version)
  return fact.type === 'click' ? own.filter((one) => one === 'unknown-code') : own
}

function reasonsAgainstCorrection(facts: Facts, fact: Fact<'refund'> | Fact<'conversion.amended'>): readonly string[] {
  const conversion = conversionOf(facts, fact.data.conversionId)
  if (conversion === undefined) return ['unknown-conversion']
  const reason = outOfAccount(facts, conversion)
  if (reason !== undefined) return [reason]
  const { currency } = conversion.data.amount
  if (fact.data.amount.currency !== currency) return ['currency-differs']
  const { amendments, refunds } = correctionsOf(facts, conversion)
  const last = amendments.at(-1)
  if (fact.type === 'conversion.amended') {
    return last !== undefined && inOrder(last, fact) !== 0 ? ['superseded'] : []
  }
  const gross = minorUnits((last ?? conversion).data.amount.value, currency)
  const refunded = refunds
    .filter((other) => inOrder(other, fact) <= 0)
    .reduce((sum, refund) => sum + minorUnits(refund.data.amount.value, currency), 0n)
  return refunded > gross ? ['refund-exceeds-amount'] : []
}

export function conversionOf(facts: Facts, conversionId: string): Fact<'conversion'> | undefined {
  return factsOfType(facts, 'conversion').find((one) => one.data.conversionId === conversionId)
}

import { advocateId, conversionId, programId } from '../ids.ts'
import { money } from '../money.ts'
import { plainText } from '../text.ts'
import { maxAttributeLength } from './envelope.ts'
import { open, reason } from './fields.ts'

export const touchDisqualified = open({
  programId,
  source: plainText(maxAttributeLength).describe('The source of the touch’s event'),
  id: plainText(maxAttributeLength).describe('The id of the touch’s event'),
  reason: reason.describe('Why it does not count'),
}).describe('A touch does not count, e.g. because a machine made it.')

const byHand = {
  programId,
  advocateId,
  amount: money('above zero').describe('How much; above zero'),
  reason: reason.describe('Why, in words'),
  conversionId: conversionId.optional().describe('The conversion it is about'),
}

export const rewardGranted = open(byHand).describe('An operator gives an advocate a reward by hand.')

export const rewardRevoked = open(byHand).describe('An operator takes an amount back from an advocate by hand.')

import { z } from 'zod'
import { customerId, maxIdLength, programId } from '../ids.ts'
import { subjectKinds } from '../personal.ts'
import { plainText } from '../text.ts'
import { open, reason } from './fields.ts'

const purpose = plainText(100).describe('What the consent is for, in the words of the terms, e.g. attribution')

export const consentGranted = open({ programId, customerId, purpose }).describe(
  'A customer consents to a purpose. Of several statements about a purpose, the latest up to a time holds at that time.',
)

export const consentWithdrawn = open({ programId, customerId, purpose }).describe(
  'A customer no longer consents to a purpose, from then on.',
)

export const personForgotten = open({
  programId,
  subject: z.enum(subjectKinds, `must be one of ${subjectKinds.join(', ')}`).describe('What kind of id follows'),
  subjectId: plainText(maxIdLength).describe('Whose personal data is to be readable no more'),
  reason: reason.optional().describe('Why, in words'),
}).describe('Whoever this is asked to be forgotten: the key of their personal data is destroyed, for good.')

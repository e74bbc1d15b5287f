import { codeSchema } from '../code.ts'
import { advocateId, customerId, maxIdLength, programId, shareId, visitorId } from '../ids.ts'
import { plainText } from '../text.ts'
import { channel, freeText, open } from './fields.ts'

export const click = open({
  programId,
  code: codeSchema.describe('The link slug or coupon that was followed'),
  visitorId,
  channel: channel.optional(),
  url: freeText(8192).optional().describe('The page that was opened'),
  referrer: freeText(8192).optional().describe('The page the visitor came from'),
  shareId: shareId.optional(),
}).describe('A visitor followed an advocate’s link. A touch.')

export const share = open({
  programId,
  advocateId,
  channel,
  code: codeSchema.optional().describe('The code that was shared'),
  contentId: plainText(maxIdLength).optional().describe('What was shared: a post, a mail template, a picture'),
  shareId: shareId.optional().describe('Names this share, so that clicks can point to it'),
}).describe('An advocate shared a link or code. An activity of the advocate, not a touch.')

export const signup = open({
  programId,
  customerId,
  visitorId: visitorId.optional().describe('The visitor that signed up; links visitor and customer'),
  code: codeSchema.optional().describe('The code given when signing up; makes the signup a touch'),
}).describe('A customer signed up. Its identity is program and customer: a customer signs up once.')

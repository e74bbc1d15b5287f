import { z } from 'zod'
import { advocateId, customerId, programId } from '../ids.ts'
import { plainText } from '../text.ts'
import { open, reason } from './fields.ts'

export const advocateKinds = ['customer', 'employee', 'influencer', 'partner'] as const
export type AdvocateKind = (typeof advocateKinds)[number]

const profile = open({
  programId,
  advocateId,
  kind: z.enum(advocateKinds).optional().describe('What kind of advocate it is'),
  customerId: customerId.optional().describe('The advocate as a customer; finds self-referrals'),
  group: plainText(200).optional().describe('A group that analysts compare by'),
  parentAdvocateId: advocateId.optional().describe('Who brought this advocate in; receives upline rewards'),
  attributes: z.looseObject({}).optional().describe('Anything else known about the advocate: any JSON values by name'),
}).check((context) => {
  const { advocateId, parentAdvocateId } = context.value
  if (parentAdvocateId === undefined || parentAdvocateId !== advocateId) return
  const message = 'is the advocate itself; name another advocate, or leave it out'
  context.issues.push({ code: 'custom', path: ['parentAdvocateId'], message, input: context.value })
})

export const advocateEnrolled = profile.describe('An advocate joined the program. Once a program and advocate.')

export const advocateUpdated = profile.describe(
  'What is known of an advocate is now this; fields left out stay as they are.',
)

export const advocateSuspended = open({
  programId,
  advocateId,
  reason: reason.optional().describe('Why the advocate was suspended'),
}).describe('From its time on, the advocate earns nothing until reinstated.')

export const advocateReinstated = open({
  programId,
  advocateId,
  reason: reason.optional().describe('Why the advocate was reinstated'),
}).describe('A suspension has ended.')

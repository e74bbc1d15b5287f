import { codeSchema } from '../code.ts'
import { advocateId, programId } from '../ids.ts'
import { open } from './fields.ts'

const code = codeSchema.describe('Link slug or coupon; compared without case and outer blanks')

export const codeIssued = open({ programId, advocateId, code }).describe(
  'From its time on, the code belongs to the advocate. Once a program and code.',
)

export const codeRevoked = open({ programId, advocateId, code }).describe('From its time on, the code brings nothing.')

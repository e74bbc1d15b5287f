import { termsSchema } from '../terms/schema.ts'

export const programPublished = termsSchema

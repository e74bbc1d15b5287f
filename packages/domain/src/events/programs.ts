import { maxIdLength } from '../ids.ts'
import { termsSchema } from '../terms/schema.ts'
import { textProblem } from '../text.ts'

/** The terms of a program; its id keeps to the same rules as every other id. */
export const programPublished = termsSchema
  .check((context) => {
    const { programId } = context.value
    const message = textProblem(programId, maxIdLength)
    if (message !== undefined) context.issues.push({ code: 'custom', path: ['programId'], message, input: programId })
  })
  .describe('The whole terms of a program. Publishing again makes the next version.')

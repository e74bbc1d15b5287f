import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { importStatement, type LineNotTaken } from '../../finance/import-statement.ts'
import { readApart } from '../../finance/read-apart.ts'
import { StatementTooLong, statementFormats } from '../../finance/read-statement.ts'
import { UnusableStatement } from '../../finance/statement-file.ts'
import { problem, problemSchema } from '../problem.ts'
import { name } from './fields.ts'
import { answers, type Finance } from './requests.ts'

const contentTypes = ['text/csv', 'application/xml', 'text/xml', 'application/octet-stream']

const count = z.int()
const importedSchema = z.object({
  read: count,
  appended: count,
  duplicate: count.describe('Known already'),
  conflict: count.describe('Known by their ids with other content'),
  rejected: count.describe('Could not be read'),
  rejects: z
    .array(
      z.object({
        line: z.int().describe('Where it stands in the file, from 1'),
        outcome: z.enum(['rejected', 'conflict']),
        field: z.string().describe('The column that is wrong, empty for the whole line'),
        reason: z.string(),
        input: z.string().describe('The line as it was sent; its beginning where answers grow too long'),
      }),
    )
    .describe('Lines that are not in the log'),
  booked: z
    .object({ settled: count, failed: count, returned: count })
    .partial()
    .describe('Lines of payouts that were settled, failed or returned by what statements say'),
})

/** `POST /v1/statements`: as `vouch statements import` does, with the file as the body, and rejects in the answer. */
export function statementRoutes(app: FastifyInstance, { engine, limits, guard, work }: Finance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(contentTypes, { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  app.withTypeProvider<ZodTypeProvider>().post(
    '/v1/statements',
    {
      ...guard,
      bodyLimit: limits.bodyBytes,
      config: { takes: `Send the statement as ${contentTypes.join(', ')}, as it is: without a content-encoding.` },
      schema: {
        summary: 'Record what a provider says happened to payments',
        description: 'Each line once, whatever files it was in before; what it settles is booked.',
        tags: ['finance'],
        querystring: z.strictObject({
          format: z.enum(statementFormats).default('csv').describe('Of the statement'),
          provider: name.default('bank').describe('Whose statement it is, as in asset:cash:PROVIDER'),
        }),
        response: {
          200: importedSchema.describe('All lines were taken, or were known'),
          207: importedSchema.describe('Some lines were not taken; rejects says which, and why'),
          413: problemSchema,
          ...answers,
        },
      },
    },
    (request, reply) =>
      work(reply, async ({ signal }) => {
        // Without a body there is nothing to read either.
        const body = (request.body as Buffer | undefined) ?? Buffer.alloc(0)
        if (body[0] === 0x1f && body[1] === 0x8b)
          return problem(reply, 400, 'The statement is packed with gzip; send it unpacked.')
        const options = { ...request.query, now: engine.clock(), maxLines: limits.eventsARequest }
        const lines = await readApart(body, options, signal).catch((error: unknown) => {
          if (error instanceof UnusableStatement) return error
          throw error
        })
        if (lines instanceof StatementTooLong) return problem(reply, 413, `${cannotBeUsed} ${lines.message} Divide it.`)
        if (lines instanceof UnusableStatement) return problem(reply, 400, `${cannotBeUsed} ${lines.message}`)
        const { counts, booked, notTaken } = await importStatement(engine, lines, signal)
        return reply.code(notTaken.length === 0 ? 200 : 207).send({ ...counts, rejects: shown(notTaken), booked })
      }),
  )
}

const cannotBeUsed = 'The statement cannot be used.'

/** Characters of what was not taken that one answer shows in full, and how many of each text beyond that. */
const fullyShown = 8 * 2 ** 20
const partlyShown = 300

function shown(lines: readonly LineNotTaken[]): LineNotTaken[] {
  let all = 0
  return lines.map((line) => {
    all += line.reason.length + line.input.length
    return all <= fullyShown ? line : { ...line, reason: cut(line.reason), input: cut(line.input) }
  })
}

const cut = (text: string): string => (text.length > partlyShown ? `${text.slice(0, partlyShown)}…` : text)

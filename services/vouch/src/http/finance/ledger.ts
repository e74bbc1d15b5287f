import { Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { catchUp } from '../../catch-up.ts'
import { journal, journalFormats } from '../../finance/journal.ts'
import { day } from './fields.ts'
import { answers, type Finance } from './requests.ts'

const contentTypes = { hledger: 'text/plain; charset=utf-8', csv: 'text/csv; charset=utf-8' }

/** `GET /v1/ledger`: as `vouch ledger export` does, piece by piece. */
export function ledgerRoutes(app: FastifyInstance, { engine, guard, work }: Finance): void {
  app.withTypeProvider<ZodTypeProvider>().get(
    '/v1/ledger',
    {
      ...guard,
      schema: {
        summary: 'The journal',
        tags: ['finance'],
        querystring: z.strictObject({
          format: z.enum(journalFormats).describe('Journal for hledger and ledger, or CSV'),
          until: day.optional().describe('The last day that counts; all where it is left out'),
        }),
        response: { 200: z.any().describe('In the format asked for'), ...answers },
      },
    },
    (request, reply) =>
      work(reply, async ({ signal }) => {
        const { format, until } = request.query
        await catchUp(engine, signal)
        const { position } = await engine.projector.progress()
        const pieces = journal(engine.warehouse, { format, until, position })
        // Up to the first that tables are asked for: where they do not answer, that can still be said.
        const first = [await pieces.next(), await pieces.next()]
        return reply.type(contentTypes[format]).send(Readable.from(all(first, pieces, signal)))
      }),
  )
}

async function* all(
  first: readonly IteratorResult<string>[],
  rest: AsyncGenerator<string>,
  signal: AbortSignal,
): AsyncGenerator<string> {
  for (const { value, done } of first) if (!done) yield value
  for await (const piece of rest) {
    if (signal.aborted) return
    yield piece
  }
}

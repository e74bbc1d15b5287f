import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Engine } from '../engine.ts'
import { type Access, askingScopes, requireScope } from './auth.ts'
import { problem, problemSchema, tooMuch } from './problem.ts'

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()])

const bodySchema = z.strictObject({
  query: z.string().min(1).max(100_000).describe('One SELECT; unqualified names are of database vouch'),
  params: z
    .record(z.string().regex(/^\w{1,100}$/), z.union([scalar, z.array(scalar)]))
    .optional()
    .describe('Values for {name:Type} in the query'),
  format: z
    .string()
    .regex(/^\w{1,60}$/, 'name a ClickHouse output format, e.g. JSONEachRow')
    .optional()
    .describe('ClickHouse output format, default JSON'),
})

/** ClickHouse's code for too many queries at once. */
const tooManyQueries = 202

/** `POST /v1/sql`: questions only; what may be asked is the warehouse's allow-list. */
export function sqlRoutes(app: FastifyInstance, engine: Engine, access: Access): void {
  app.withTypeProvider<ZodTypeProvider>().post(
    '/v1/sql',
    {
      ...requireScope(access, ...askingScopes),
      bodyLimit: 256 * 1024,
      schema: {
        summary: 'Ask the tables, read-only',
        tags: ['analysis'],
        body: bodySchema,
        response: {
          200: z.any().describe('In the format asked for'),
          400: problemSchema,
          401: problemSchema,
          403: problemSchema,
          413: problemSchema,
          415: problemSchema,
          429: problemSchema,
          503: problemSchema,
        },
      },
      // The answer is a stream in the asker's format.
      serializerCompiler: () => (data) => JSON.stringify(data),
    },
    async (request, reply) => {
      const { query, params, format } = request.body
      const controller = new AbortController()
      reply.raw.on('close', () => controller.abort())
      const answer = await engine.warehouse.ask({ query, params, format, signal: controller.signal })
      switch (answer.tag) {
        case 'refused':
          return problem(reply, 403, answer.reason)
        case 'failed':
          if (answer.code !== tooManyQueries) return problem(reply, 400, answer.message)
          return tooMuch(reply, answer.message, 1)
        case 'answered':
          return reply.code(200).type(answer.contentType).send(answer.body)
      }
    },
  )
}

import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Engine } from '../engine.ts'
import { explain } from '../explanation.ts'
import { Failure } from '../failure.ts'
import { type Access, askingScopes, requireScope } from './auth.ts'
import { problem, problemSchema, tooMuch, unavailable } from './problem.ts'

/** `GET /v1/programs/{id}/conversions/{id}/explanation` */
export function explanationRoutes(app: FastifyInstance, engine: Engine, access: Access, atOnce: number): void {
  let underWay = 0
  app.withTypeProvider<ZodTypeProvider>().get(
    '/v1/programs/:programId/conversions/:conversionId/explanation',
    {
      ...requireScope(access, ...askingScopes),
      schema: {
        summary: 'Why the rows of a conversion are what they are',
        description:
          'The path, every touch that lost and why, the split under each model, the outcome of each rule, and the rows.',
        tags: ['analysis'],
        params: z.object({ programId: z.string().min(1).max(200), conversionId: z.string().min(1).max(200) }),
        response: {
          200: z.looseObject({}),
          400: problemSchema,
          401: problemSchema,
          403: problemSchema,
          404: problemSchema,
          415: problemSchema,
          429: problemSchema,
          503: problemSchema,
        },
      },
      serializerCompiler: () => (data) => JSON.stringify(data),
    },
    async (request, reply) => {
      const { programId, conversionId } = request.params
      if (underWay >= atOnce)
        return tooMuch(reply, 'Too many explanations are being worked on; ask again in a while.', 1)
      underWay++
      const explanation = await explain(engine, programId, conversionId)
        .catch((error: unknown) => {
          if (error instanceof Failure) return error
          throw error
        })
        .finally(() => underWay--)
      if (explanation instanceof Failure) return unavailable(reply, explanation.message)
      if (!explanation)
        return problem(
          reply,
          404,
          `Program ${programId} has no conversion ${conversionId} in the log, or it is not projected yet.`,
        )
      return reply.send({ ...explanation })
    },
  )
}

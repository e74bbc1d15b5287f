import type { FastifyReply } from 'fastify'
import { z } from 'zod'

/** Every answer that is no success has this body. */
export const problemSchema = z.object({
  error: z.object({ message: z.string().describe('One sentence that says what is wrong and what to do') }),
})

/** The body of an answer to what was understood and is not done. */
export const refusalSchema = z.object({
  error: problemSchema.shape.error.extend({
    tag: z.string().describe('Why, for programs: it stays the same where the message does not'),
  }),
})

export const problem = (reply: FastifyReply, status: number, message: string): FastifyReply =>
  reply.code(status).type('application/json; charset=utf-8').send({ error: { message } })

export const refusal = (reply: FastifyReply, status: number, message: string, tag: string): FastifyReply =>
  reply.code(status).type('application/json; charset=utf-8').send({ error: { message, tag } })

/** Not now, but after a pause. */
export function unavailable(reply: FastifyReply, message: string, pauseSeconds = 5): FastifyReply {
  reply.header('retry-after', String(pauseSeconds))
  return problem(reply, 503, message)
}

/** Not so much at once, but after a pause. */
export function tooMuch(reply: FastifyReply, message: string, pauseSeconds: number): FastifyReply {
  reply.header('retry-after', String(pauseSeconds))
  return problem(reply, 429, message)
}

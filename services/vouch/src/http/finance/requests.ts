import type { FastifyReply, FastifyRequest } from 'fastify'
import type { z } from 'zod'
import type { Engine } from '../../engine.ts'
import { Failure } from '../../failure.ts'
import type { AskingKey } from '../../finance/append-decided.ts'
import { type Access, financeScopes, type Hook, requireScope } from '../auth.ts'
import type { HttpLimits } from '../limits.ts'
import { problemSchema, refusal, refusalSchema, tooMuch, unavailable } from '../problem.ts'

export interface FinanceParts {
  readonly engine: Engine
  readonly access: Access
  readonly limits: HttpLimits
}

/** What the work of one request is done with. */
export interface Asked {
  /** Aborted when whoever asked has gone. */
  readonly signal: AbortSignal
  /** By which key it was asked, for the log. */
  readonly key: AskingKey | undefined
}

/** What the routes of finance have in common. */
export interface Finance {
  readonly engine: Engine
  readonly limits: HttpLimits
  /** Hooks of each route: who may ask, and how many at once. */
  readonly guard: { readonly onRequest: Hook[]; readonly preHandler: Hook }
  /** Does the work of a request, unless it is given up; what cannot be done now is to be asked again. */
  work(reply: FastifyReply, task: (asked: Asked) => Promise<FastifyReply>): Promise<void>
}

/** A request from its headers to the end of its answer, or of its work where that takes longer. */
interface Visit {
  readonly gone: AbortController
  isWorking: boolean
  /** Once. */
  leave(): void
}

export function financeRequests({ engine, access, limits }: FinanceParts): Finance {
  const visits = new WeakMap<FastifyRequest, Visit>()
  let underWay = 0

  /** Before a body is read, so that bodies are bounded too. Whoever goes away may leave work behind, which counts until it ends. */
  const enter: Hook = async (request, reply) => {
    if (underWay >= limits.financeAtOnce)
      return tooMuch(reply, 'Too much of finance is being worked on; ask again in a while.', 1)
    underWay++
    let isHere = true
    const visit: Visit = {
      gone: new AbortController(),
      isWorking: false,
      leave() {
        if (isHere) underWay--
        isHere = false
      },
    }
    visits.set(request, visit)
    reply.raw.once('close', () => {
      visit.gone.abort()
      if (!visit.isWorking) visit.leave()
    })
    return undefined
  }

  const { onRequest, preHandler } = requireScope(access, ...financeScopes)
  return {
    engine,
    limits,
    guard: { onRequest: [onRequest, enter], preHandler },
    async work(reply, task) {
      const { request } = reply
      const visit = visits.get(request)
      if (visit === undefined) throw new Error(`${request.routeOptions.url} is not guarded.`)
      const { signal } = visit.gone
      visit.isWorking = true
      try {
        signal.throwIfAborted()
        return sent(await task({ signal, key: request.key }))
      } catch (error) {
        if (signal.aborted) {
          // Nobody is there to be answered; what went wrong besides is not to be lost.
          if (error !== signal.reason) request.log.warn({ err: error }, 'given up')
          return sent(reply.hijack())
        }
        if (error instanceof Failure) return sent(unavailable(reply, error.message))
        throw error
      } finally {
        visit.isWorking = false
        if (signal.aborted) visit.leave()
      }
    },
  }
}

/** A reply goes back to Fastify, whose types of what a route answers do not know that of another's. */
const sent = (reply: FastifyReply) => reply as unknown as undefined

const notFound: ReadonlySet<string> = new Set([
  'unknown-batch',
  'unknown-program',
  'unknown-beneficiary',
  'unknown-reference',
])

/** Answers what was refused: 404 for what is not there, else 409. */
export const refused = (reply: FastifyReply, { tag, says }: { readonly tag: string; readonly says: string }) =>
  refusal(reply, notFound.has(tag) ? 404 : 409, says, tag)

/** What any route of finance may answer, beside what it is asked for. */
export const answers = {
  400: problemSchema,
  401: problemSchema,
  403: problemSchema,
  415: problemSchema,
  429: problemSchema,
  503: problemSchema,
} as const

/** As `answers`, for a route that names a batch or a program. */
export const refusals = { ...answers, 404: refusalSchema } as const satisfies Record<number, z.ZodType>

/** As `refusals`, for a route that changes something. */
export const changing = { ...refusals, 409: refusalSchema, 413: problemSchema } as const

import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Keys, type Scope, scopes } from '../keys.ts'
import { problem } from './problem.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** What the caller may do; empty until authorised. */
    grantedScopes: ReadonlySet<Scope>
  }
}

const all: ReadonlySet<Scope> = new Set(scopes)

/** A hook that lets through who has at least one of the scopes. Without any key in the folder everybody may do everything. */
export const requireScope = (keys: Keys, ...wanted: readonly Scope[]) => {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    if (!keys.required()) {
      request.grantedScopes = all
      return undefined
    }
    const token = /^Bearer ([^\s]+)$/i.exec(request.headers.authorization ?? '')?.[1]
    if (token === undefined) {
      reply.header('www-authenticate', 'Bearer')
      return problem(reply, 401, 'Send a key: "Authorization: Bearer TOKEN", made with vouch keys create.')
    }
    const key = keys.find(token)
    if (!key) {
      reply.header('www-authenticate', 'Bearer error="invalid_token"')
      return problem(reply, 401, 'This key is not known, or it was revoked.')
    }
    request.grantedScopes = new Set(key.scopes)
    if (wanted.some((scope) => request.grantedScopes.has(scope))) return undefined
    return problem(reply, 403, `This key has ${key.scopes.join(', ')}; it needs ${wanted.join(' or ')}.`)
  }
}

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type Key, type Keys, type Scope, scopes } from '../keys.ts'
import { problem, tooMuch } from './problem.ts'
import type { Rates } from './rates.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** What the caller may do; empty until authorised. */
    grantedScopes: ReadonlySet<Scope>
    /** Whose request it is, for what is shared out among senders: a key's id, or an address. */
    sender: string
    /** The key that was shown; undefined where none is needed. */
    key: Key | undefined
  }
}

const all: ReadonlySet<Scope> = new Set(scopes)

export interface Access {
  readonly keys: Keys
  readonly rates: Rates
}

export type Hook = (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>

export function decorateRequests(app: FastifyInstance): void {
  app.decorateRequest('grantedScopes')
  app.decorateRequest('sender', '')
  app.decorateRequest('key', undefined)
}

/**
 * Hooks that let through who has at least one of the scopes, and has not asked too often. Without any key in the folder
 * everybody may do everything. The key is looked at again once the body is there: it may have been revoked meanwhile.
 */
export function requireScope(access: Access, ...wanted: readonly Scope[]): { onRequest: Hook; preHandler: Hook } {
  const { keys, rates } = access
  const isOpen = () => !keys.required()
  return {
    async onRequest(request, reply) {
      request.sender = request.ip
      request.grantedScopes = all
      if (isOpen()) return undefined
      const key = findKey(keys, request)
      if (typeof key === 'string') return refuse(access, request, reply, key)
      request.sender = key.id
      request.key = key
      request.grantedScopes = new Set(key.scopes)
      const pauseSeconds = await rates.ofKey(request, key)
      if (pauseSeconds !== undefined) return tooMuch(reply, askedTooOften, pauseSeconds)
      if (wanted.some((scope) => request.grantedScopes.has(scope))) return undefined
      return problem(reply, 403, lacksScope(key, wanted))
    },
    async preHandler(request, reply) {
      if (isOpen()) return undefined
      const key = findKey(keys, request)
      return typeof key === 'string' ? refuse(access, request, reply, key) : undefined
    },
  }
}

/** Who may ask of the tables, whichever way. */
export const askingScopes: readonly Scope[] = ['read', 'finance', 'admin']

/** Who may pay, and see what was paid to whom. */
export const financeScopes: readonly Scope[] = ['finance', 'admin']

const noKey = 'Send a key: "Authorization: Bearer TOKEN", made with vouch keys create.'
export const unknownKey = 'This key is not known, or it was revoked.'
export const tooManyStrangers = 'Too many requests without a key that works came from this address; come back later.'
export const askedTooOften = 'This key has asked too often within a minute; come back later.'

export const lacksScope = (key: Key, wanted: readonly Scope[]): string =>
  `This key has ${key.scopes.join(', ')}; it needs ${wanted.join(' or ')}.`

/** The key that a request shows, or what is wrong with it. */
function findKey(keys: Keys, request: FastifyRequest): Key | string {
  // Where there are two, what stands before us may have looked at the other one.
  const shown = request.raw.rawHeaders.filter((name, at) => at % 2 === 0 && name.toLowerCase() === 'authorization')
  if (shown.length > 1) return 'Send one key: there is more than one Authorization header.'
  const token = /^Bearer ([^\s]+)$/i.exec(request.headers.authorization ?? '')?.[1]
  if (token === undefined) return noKey
  return keys.find(token) ?? unknownKey
}

async function refuse(
  { rates }: Access,
  request: FastifyRequest,
  reply: FastifyReply,
  message: string,
): Promise<unknown> {
  const pauseSeconds = await rates.ofStranger(request)
  if (pauseSeconds !== undefined) return tooMuch(reply, tooManyStrangers, pauseSeconds)
  reply.header('www-authenticate', message === unknownKey ? 'Bearer error="invalid_token"' : 'Bearer')
  return problem(reply, 401, message)
}

/** A hook for what needs no key and costs something. */
export const limitStrangers =
  ({ rates }: Access): Hook =>
  async (request, reply) => {
    const pauseSeconds = await rates.ofStranger(request)
    return pauseSeconds === undefined ? undefined : tooMuch(reply, tooManyStrangers, pauseSeconds)
  }

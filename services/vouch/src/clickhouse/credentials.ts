import type { FastifyRequest } from 'fastify'
import { type Access, askedTooOften, askingScopes, lacksScope, tooManyStrangers, unknownKey } from '../http/auth.ts'
import type { Key } from '../keys.ts'
import { codes, type Fault, fault } from './fault.ts'

/**
 * Whether a request may ask, and not too often: a key is the password of a user of any name, since drivers insist on one.
 * @returns undefined if it may
 */
export async function refusalOf(
  { keys, rates }: Access,
  request: FastifyRequest,
  params: URLSearchParams,
): Promise<Fault | undefined> {
  request.sender = request.ip
  if (!keys.required()) return undefined
  const key = findKey(request, params, (token) => keys.find(token))
  if ('tag' in key) {
    const pauseSeconds = await rates.ofStranger(request)
    return pauseSeconds === undefined ? key : tooOften(tooManyStrangers, pauseSeconds)
  }
  request.sender = key.id
  const pauseSeconds = await rates.ofKey(request, key)
  if (pauseSeconds !== undefined) return tooOften(askedTooOften, pauseSeconds)
  if (askingScopes.some((scope) => key.scopes.includes(scope))) return undefined
  return fault(codes.ACCESS_DENIED, lacksScope(key, askingScopes))
}

/** Whether the key that was let in still works; it may have been revoked while the body came. */
export function isStillWelcome({ keys }: Access, request: FastifyRequest, params: URLSearchParams): boolean {
  return !keys.required() || !('tag' in findKey(request, params, (token) => keys.find(token)))
}

const tooOften = (message: string, retryAfterSeconds: number): Fault =>
  fault(codes.QUOTA_EXCEEDED, message, { status: 429, retryAfterSeconds })

function findKey(
  request: FastifyRequest,
  params: URLSearchParams,
  find: (token: string) => Key | undefined,
): Key | Fault {
  const tokens = tokensOf(request, params)
  const [token] = tokens
  if (token === undefined) {
    return fault(
      codes.REQUIRED_PASSWORD,
      'Send a key as password, with any user: vouch keys create --scopes read makes one.',
    )
  }
  // Where there are two, what stands before us may have looked at the other one.
  if (tokens.length > 1) return fault(codes.AUTHENTICATION_FAILED, 'Send one password: there is more than one.')
  return find(token) ?? fault(codes.AUTHENTICATION_FAILED, unknownKey)
}

/** Stands for what is no token, and is none itself. */
const unreadable = '-'

/** All that a request shows in any of the places where ClickHouse looks for a password. An empty one is none. */
function tokensOf(request: FastifyRequest, params: URLSearchParams): string[] {
  const { rawHeaders } = request.raw
  const headers = (wantedName: string): string[] =>
    rawHeaders.filter((_, at) => at % 2 === 1 && rawHeaders[at - 1]?.toLowerCase() === wantedName)
  const authorizations = headers('authorization').map((value) => {
    const [, scheme = '', text = ''] = /^(\S+) +(\S+)$/.exec(value) ?? []
    if (scheme.toLowerCase() === 'bearer') return text
    if (scheme.toLowerCase() !== 'basic') return unreadable
    const decoded = Buffer.from(text, 'base64').toString()
    return decoded.slice(decoded.indexOf(':') + 1)
  })
  return [...authorizations, ...headers('x-clickhouse-key'), ...params.getAll('password')].filter(
    (token) => token !== '',
  )
}

import { hash } from 'node:crypto'
import {
  type AppendScope,
  canonicalContent,
  canonicalJson,
  identityOf,
  parseEvent,
  personalOf,
  scopeOf,
  type VouchEvent,
} from '@vouch/domain'
import type { EventToAppend } from '@vouch/event-store'
import type { Sealer } from '@vouch/personal'
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js'
import type { Incoming } from '../incoming.ts'
import type { Rejected } from './outcome.ts'

export type Scopes = ReadonlySet<AppendScope>

/**
 * Makes an event for the log of what somebody offers, or says why it is none, or why they may not append it. What is personal
 * in it is sealed; without a sealer it is not taken.
 * @param now ms since the epoch, UTC
 */
export function prepare(
  incoming: Incoming,
  now: number,
  scopes: Scopes,
  sealer?: Pick<Sealer, 'seal'>,
): Either<Rejected, EventToAppend> {
  if (incoming.tag === 'unreadable') return left(rejected(undefined, incoming.field, incoming.reason))
  const parsed = parseEvent(incoming.value, now)
  if (isLeft(parsed)) return left(rejected(idOf(incoming.value), parsed.left.field, parsed.left.reason))
  const event = parsed.right
  const { programId } = incoming
  if (programId !== undefined && programId !== event.data.programId)
    return left(rejected(event.id, 'data.programId', misdirected(event.data.programId)))
  const scope = scopeOf(event.type)
  if (scope === undefined) return left(rejected(event.id, 'type', decided(event)))
  if (!scopes.has(scope)) return left(rejected(event.id, 'type', lacking(event, scope, scopes)))
  if (personalOf(event) === undefined) return right(toAppend(event))
  if (sealer === undefined) return left(rejected(event.id, 'data.personal', 'cannot be kept here; leave it out'))
  return right(toAppend(sealer.seal(event)))
}

/** The event as the log keeps it: canonical JSON, its identity, and the SHA-256 of its content. */
export function toAppend(event: VouchEvent): EventToAppend {
  const { type, source, id, time, extensions } = event
  const data = canonicalJson(event.data)
  return {
    identity: identityOf(event),
    contentHash: hash('sha256', canonicalContent(event, data), 'hex'),
    type,
    programId: event.data.programId,
    source,
    id,
    time,
    data,
    extensions: extensions === undefined ? undefined : canonicalJson(extensions),
  }
}

const rejected = (id: string | undefined, field: string, reason: string): Rejected => ({
  outcome: 'rejected',
  id,
  field,
  reason,
})

function idOf(value: unknown): string | undefined {
  const id = typeof value === 'object' && value !== null ? (value as { readonly id?: unknown }).id : undefined
  return typeof id === 'string' ? id : undefined
}

const misdirected = (programId: string): string =>
  `is ${JSON.stringify(programId)}, and the event was sent to another program; send it to its own`

const decided = ({ type }: VouchEvent): string =>
  `${type} cannot be sent: it comes from its command alone, which knows what stood before; see vouch payouts --help`

function lacking(event: VouchEvent, scope: AppendScope, scopes: Scopes): string {
  const has = scopes.size === 0 ? 'there is none' : `there is only ${[...scopes].join(', ')}`
  return `${event.type} needs the scope "${scope}", and ${has}; use a key with that scope`
}

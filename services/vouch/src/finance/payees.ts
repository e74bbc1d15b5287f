import {
  type Batch,
  decodeEvent,
  type EventOf,
  eventIdentity,
  type InstructedEvent,
  kindOfRole,
  type LinePayee,
  type MoneyRole,
  payeeAccount,
  payeeType,
} from '@vouch/domain'
import { eventAt, type RecordedEvent } from '@vouch/event-store'
import type { Engine } from '../engine.ts'

type Parts = Pick<Engine, 'store' | 'warehouse' | 'personal'>
type Registration = EventOf<typeof payeeType>

/** Where each line of a batch is paid, by reference: by what is recorded, or else by the latest registrations. */
export async function payeesOf(
  parts: Parts,
  batch: Batch,
  instructed: InstructedEvent | undefined,
): Promise<ReadonlyMap<string, LinePayee>> {
  const registrations = instructed === undefined ? await latest(parts, batch) : await recorded(parts, instructed)
  return new Map([...registrations].map(([reference, event]) => [reference, opened(parts, event)]))
}

/** What a registration says, if it can still be read. */
function opened({ personal }: Parts, event: Registration): LinePayee {
  const found = personal.sealer.open(event)
  if (found === undefined) return { tag: 'unreadable' }
  return { tag: 'known', registration: { source: event.source, id: event.id }, account: payeeAccount(found) }
}

async function recorded({ store }: Parts, { data }: InstructedEvent): Promise<Map<string, Registration>> {
  const found = new Map<string, Registration>()
  for (const { reference, source, id } of data.payees) {
    const event = await store.find(eventIdentity(source, id))
    if (event !== undefined) found.set(reference, registration(event))
  }
  return found
}

/** The latest of each beneficiary, by (time, source, id), as far as the tables know it. */
async function latest({ store, warehouse }: Parts, { programId, lines }: Batch): Promise<Map<string, Registration>> {
  const rows = await warehouse.rows<{ position: string; id: string; role: string }>(
    `SELECT toString(vouch.events.position) AS position, toString(data.beneficiaryId) AS id, ifNull(toString(data.role), 'advocate') AS role
     FROM vouch.events
     WHERE program_id = {programId:String} AND type = {type:String}
     ORDER BY occurred_at DESC, source DESC, event_id DESC
     LIMIT 1 BY id, role = 'referee'`,
    { programId, type: payeeType },
  )
  const positions = new Map(rows.map(({ position, id, role }) => [keyOf(kindOfRole(role as MoneyRole), id), position]))
  const found = new Map<string, Registration>()
  for (const { reference, kind, beneficiaryId } of lines.values()) {
    const position = positions.get(keyOf(kind, beneficiaryId))
    if (position === undefined) continue
    const event = await eventAt(store, BigInt(position))
    if (event === undefined)
      throw new Error(`The tables know an event at position ${position}, and the log has none there.`)
    found.set(reference, registration(event))
  }
  return found
}

const keyOf = (kind: string, beneficiaryId: string): string => `${kind} ${beneficiaryId}`

function registration(recorded: RecordedEvent): Registration {
  const event = decodeEvent(recorded)
  if (event.type !== payeeType) throw new Error(`${event.type} (id ${event.id}) registers no payee.`)
  return event
}

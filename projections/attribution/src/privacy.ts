import { type DataOf, type EventOf, insertInOrder } from '@vouch/domain'
import { triggersAround } from './people.ts'
import type { Program } from './program.ts'
import type { Rows } from './rows.ts'
import { settle } from './settle.ts'
import type { ConsentStatement } from './state.ts'

/** Notes what a customer said about a purpose; whatever of theirs happened since then is judged anew. */
export function consent(
  program: Program,
  { customerId, purpose }: DataOf<'vouch.consent.granted.v1'>,
  { source, id, time, granted }: Omit<ConsentStatement, 'purpose'>,
  rows: Rows,
): void {
  const customer = program.customer(customerId)
  customer.consents ??= []
  insertInOrder(customer.consents, { source, id, time, purpose, granted })
  program.save('customer', customerId, customer)
  rows.push('consents', {
    customer_id: customerId,
    purpose,
    entry: granted ? 'granted' : 'withdrawn',
    source,
    event_id: id,
  })
  settle(program, triggersAround(program, { customerId }, time), rows)
}

/** That somebody was forgotten changes no attribution and no balance. */
export function forget(
  _program: Program,
  { source, id, data }: EventOf<'vouch.person.forgotten.v1'>,
  rows: Rows,
): void {
  rows.push('erasures', {
    subject: data.subject,
    subject_id: data.subjectId,
    reason: data.reason ?? '',
    source,
    event_id: id,
  })
}

import { advocates, type CloudEvent, click, conversion, event, refund } from './samples.ts'

const start = Date.UTC(2026, 2, 1)
const minute = 60_000

/**
 * So many events of March 2026 in order of time, the same for the same number: clicks for the most part, and now and then a
 * signup, an order, a refund. Preceded by the advocates that they need.
 */
export function crowd(count: number): CloudEvent[] {
  const events: CloudEvent[] = [...advocates]
  for (let n = 0; events.length < count; n++) events.push(one(n, new Date(start + n * minute).toISOString()))
  return events
}

function one(n: number, time: string): CloudEvent {
  const person = (n * 7919) % 997
  switch (n % 20) {
    case 7:
      return event('signup', `s-${n}`, time, { customerId: `k-${n}`, visitorId: `v-${person}` })
    case 11:
    case 17:
      return conversion(`o-${n}`, time, `k-${n % 20 === 11 ? n - 4 : n}`, `${(n % 90) + 10}.${(n % 90) + 10}`, {
        visitorId: `v-${person}`,
      })
    case 19:
      return refund(`r-${n}`, time, `o-${n - 2}`, '5.01')
    default:
      return click(`c-${n}`, time, `v-${person}`, n % 3 === 0 ? 'ANNA10' : 'BEN10')
  }
}

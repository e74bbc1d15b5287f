import { at, hour, minute } from './calendar.ts'
import { selfOrder } from './odds.ts'
import type { Random } from './random.ts'
import { euro } from './shop.ts'
import { programId } from './terms.ts'
import type { Report, Wire } from './wire.ts'

/** What apps get wrong: nothing of it may enter the log, and nothing of it may be passed over in silence. */
export const mistakes = { rejected: 6, conflict: 1 } as const

export function makeMistakes({ raw, send }: Wire): void {
  const event = (id: string, type: string, time: string, data: object): string =>
    JSON.stringify({ specversion: '1.0', id, source: 'shop.example', type, time, data })
  const click = { programId, code: 'cleo', visitorId: 'v-mistake' }
  const order = { programId, conversionId: 'order-mistake', visitorId: 'v-mistake' }
  const iso = (ms: number) => new Date(ms).toISOString()
  const amount = { value: '49.999', currency: 'EUR' }
  raw(event('bad-cents', 'vouch.conversion.v1', iso(at(8, 11)), { ...order, amount }), at(8, 11))
  raw(event('bad-type', 'vouch.clicked.v1', iso(at(15, 9)), click), at(15, 9))
  raw(event('bad-time', 'vouch.click.v1', '2026-03-24T17:00:00', click), at(23, 17))
  raw(event('bad-visitor', 'vouch.click.v1', iso(at(41, 14)), { programId, code: 'juno' }), at(41, 14))
  raw(event('bad-year', 'vouch.click.v1', '2062-05-02T10:00:00Z', click), at(62, 10))
  raw(event('bad-cut', 'vouch.click.v1', iso(at(77, 20)), click).slice(0, 120), at(77, 20))
  // The same order again, with another amount: the first stands, and both are shown.
  send(
    'shop.example',
    'order-self-again',
    'vouch.conversion.v1',
    at(12, 9, 20),
    { ...selfOrder, amount: euro(4390) },
    hour,
  )
}

/** Producers that had no answer in time send again what they sent. */
export function repeat(random: Random, reports: readonly Report[]): Report[] {
  const again: Report[] = []
  for (const report of reports) {
    if (!report.repeatable || !random.chance(3)) continue
    again.push({ ...report, arrivesAt: report.arrivesAt + random.between(1, 300) * minute })
  }
  return again
}

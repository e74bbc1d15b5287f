import { closing, day, minute } from './calendar.ts'
import type { Random } from './random.ts'
import { type Basket, type Market, money } from './shop.ts'
import { programId } from './terms.ts'
import type { Wire } from './wire.ts'

interface Order extends Basket {
  readonly conversionId: string
  readonly time: number
  readonly market: Market
}

/** What becomes of some orders later: returned as a whole or in part, charged back, or amended. */
export function followUp(random: Random, wire: Wire, order: Order): void {
  const kind = random.between(1, 100)
  if (kind <= 7) refund(random, wire, order, 'return')
  else if (kind === 8) refund(random, wire, order, 'chargeback')
  else if (kind <= 14) refundFirstLine(random, wire, order)
  else if (kind <= 16) amend(random, wire, order)
}

const laterThan = (random: Random, time: number): number =>
  time + random.between(1, 20) * day + random.between(0, 600) * minute

function refund(random: Random, wire: Wire, order: Order, reason: 'return' | 'chargeback'): void {
  const { conversionId, minor, market } = order
  const time = laterThan(random, order.time)
  const refundId = `refund-${conversionId}`
  const data = { programId, refundId, conversionId, amount: money(minor, market.currency), reason }
  if (time < closing)
    wire.send('billing.example', refundId, 'vouch.refund.v1', time, data, random.between(1, 60) * 1000)
}

function refundFirstLine(random: Random, wire: Wire, order: Order): void {
  const { conversionId, items } = order
  const [line] = items
  const time = laterThan(random, order.time)
  const refundId = `refund-${conversionId}`
  const data = { programId, refundId, conversionId, amount: line.amount, items: [line], reason: 'return' as const }
  if (time < closing)
    wire.send('billing.example', refundId, 'vouch.refund.v1', time, data, random.between(1, 60) * 1000)
}

/** The parcel was late, so the customer pays a tenth less. */
function amend(random: Random, wire: Wire, order: Order): void {
  const { conversionId, minor, market } = order
  const time = laterThan(random, order.time)
  const amount = money(minor - minor / 10n, market.currency)
  const data = { programId, conversionId, amount, reason: 'The parcel was late: a tenth less.' }
  if (time < closing) wire.send('desk.example', `amend-${conversionId}`, 'vouch.conversion.amended.v1', time, data)
}

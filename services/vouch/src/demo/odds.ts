import { at, day } from './calendar.ts'
import { euro } from './shop.ts'
import { programId } from './terms.ts'
import type { Wire } from './wire.ts'

const shop = 'shop.example'
const billing = 'billing.example'

const purchase = { programId, kind: 'purchase', country: 'DE' } as const

/** An advocate buys through her own link. */
export const selfOrder = {
  ...purchase,
  conversionId: 'order-self',
  customerId: 'c-edda',
  visitorId: 'v-edda',
  amount: euro(5390),
}

/** What goes wrong in every program, whatever the seed. */
export function addOdds(wire: Wire): void {
  buyThroughOwnLink(wire)
  buyAbroad(wire)
  buyThroughWhoIsSuspended(wire)
  giveBackTooMuch(wire)
  refundWhatIsNotThere(wire)
  sendWhatIsVoid(wire)
}

function buyThroughOwnLink({ send }: Wire): void {
  const click = { programId, code: 'edda', visitorId: 'v-edda', channel: 'qr' }
  send(shop, 'click-self', 'vouch.click.v1', at(12, 9), click, 3000)
  send(shop, 'order-self', 'vouch.conversion.v1', at(12, 9, 20), selfOrder, 3000)
}

const abroad = [
  { id: 'london', country: 'GB', amount: { value: '41.50', currency: 'GBP' }, fxRate: '1.1502' },
  { id: 'kyoto', country: 'JP', amount: { value: '7380', currency: 'JPY' }, fxRate: '0.0062' },
  // The shop gives no rate of Swiss francs.
  { id: 'bern', country: 'CH', amount: { value: '62.00', currency: 'CHF' } },
]

function buyAbroad({ send }: Wire): void {
  for (const { id, ...sale } of abroad) {
    const visitorId = `v-${id}`
    const conversionId = `order-${id}`
    const click = { programId, code: 'cleo', visitorId, channel: 'video' }
    send(shop, `click-${id}`, 'vouch.click.v1', at(65, 9), click, 3000)
    const order = { ...purchase, ...sale, conversionId, visitorId, code: 'CLEO10' }
    send(shop, conversionId, 'vouch.conversion.v1', at(65, 11), order, 3000)
    if (id !== 'kyoto') continue
    const refund = {
      programId,
      refundId: 'refund-kyoto',
      conversionId,
      amount: sale.amount,
      reason: 'chargeback' as const,
    }
    send(billing, 'refund-kyoto', 'vouch.refund.v1', at(74, 9), refund, 3000)
  }
}

function buyThroughWhoIsSuspended({ send }: Wire): void {
  const visitorId = 'v-page'
  send(shop, 'click-page', 'vouch.click.v1', at(53, 14), { programId, code: 'dario', visitorId, channel: 'blog' }, 3000)
  const order = { ...purchase, conversionId: 'order-suspended', visitorId, amount: euro(2990) }
  send(shop, 'order-suspended', 'vouch.conversion.v1', at(53, 15), order, 3000)
}

function giveBackTooMuch({ send }: Wire): void {
  const visitorId = 'v-generous'
  const conversionId = 'order-generous'
  send(
    shop,
    'click-generous',
    'vouch.click.v1',
    at(28, 15),
    { programId, code: 'lotte', visitorId, channel: 'qr' },
    3000,
  )
  const order = { ...purchase, conversionId, visitorId, amount: euro(2500) }
  send(shop, conversionId, 'vouch.conversion.v1', at(28, 16), order, 3000)
  const refund = {
    programId,
    refundId: 'refund-generous',
    conversionId,
    amount: euro(3000),
    reason: 'cancellation' as const,
  }
  send(billing, refund.refundId, 'vouch.refund.v1', at(35, 10), refund, 3000)
}

/** One refund overtakes its order, and another names an order that never comes. */
function refundWhatIsNotThere({ send }: Wire): void {
  const order = { ...purchase, conversionId: 'order-overtaken', customerId: 'c-overtaken', amount: euro(3400) }
  send(shop, order.conversionId, 'vouch.conversion.v1', at(56, 12), { ...order, code: 'JUNO10' }, 2 * day)
  const refund = { programId, amount: euro(1000), reason: 'return' as const }
  const early = { ...refund, refundId: 'refund-overtaking', conversionId: order.conversionId }
  send(billing, early.refundId, 'vouch.refund.v1', at(57, 12), early, 2000)
  const stray = { ...refund, refundId: 'refund-stray', conversionId: 'order-of-another-shop' }
  send(billing, stray.refundId, 'vouch.refund.v1', at(70, 12), stray, 2000)
}

/** A revoked coupon, a click from before the program, and one from a phone that lay in a drawer for too long. */
function sendWhatIsVoid({ send }: Wire): void {
  const order = {
    ...purchase,
    conversionId: 'order-revoked',
    customerId: 'c-revoked',
    amount: euro(4890),
    code: 'BRAM5',
  }
  send(shop, order.conversionId, 'vouch.conversion.v1', at(44, 18), order, 2000)
  const rehearsal = { programId, code: 'cleo', visitorId: 'v-rehearsal', channel: 'video' }
  send(shop, 'click-rehearsal', 'vouch.click.v1', at(-2, 12), rehearsal, 3000)
  const drawer = { programId, code: 'gesa', visitorId: 'v-drawer', channel: 'email' }
  send('app.example', 'click-drawer', 'vouch.click.v1', at(31, 12), drawer, 41 * day)
}

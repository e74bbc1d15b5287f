import { at, day } from './calendar.ts'
import { euro } from './shop.ts'
import { programId } from './terms.ts'
import type { App, Wire } from './wire.ts'

/** Something that comes out later and changes who is credited with a conversion. */
export interface Story {
  readonly title: string
  readonly told: string
  readonly conversionId: string
  /** The event that changes it. */
  readonly cause: { readonly source: App; readonly id: string }
}

/** The first of them has the richest path, and is explained in full. */
export const stories: readonly [Story, ...Story[]] = [
  {
    title: 'A click that arrives six days late',
    told: 'The phone was offline when its owner followed the link of ines; the shop hears of it after the sale.',
    conversionId: 'order-late-click',
    cause: { source: 'app.example', id: 'click-offline' },
  },
  {
    title: 'One person on two devices',
    told: 'Bought on a laptop, after a click on a phone; later support links the phone with the customer.',
    conversionId: 'order-two-devices',
    cause: { source: 'app.example', id: 'link-phone' },
  },
  {
    title: 'Two persons on one tablet',
    told: 'The tablet with the click turns out to be a flatmate’s, and is unlinked from the customer.',
    conversionId: 'order-shared-tablet',
    cause: { source: 'app.example', id: 'unlink-tablet' },
  },
  {
    title: 'A click that nobody made',
    told: 'The last click before the order came from a link checker; the desk disqualifies it.',
    conversionId: 'order-bot',
    cause: { source: 'desk.example', id: 'disqualify-bot' },
  },
]

const shop = 'shop.example'
const app = 'app.example'
const desk = 'desk.example'

export function tellStories(wire: Wire): void {
  lateClick(wire)
  twoDevices(wire)
  sharedTablet(wire)
  bot(wire)
}

function lateClick({ send }: Wire): void {
  const visitorId = 'v-late-click'
  const customerId = 'c-late-click'
  const conversionId = 'order-late-click'
  const click = (id: string, time: number, code: string, channel: string, from: App = shop, delayMs = 20_000) =>
    send(from, id, 'vouch.click.v1', time, { programId, code, visitorId, channel }, delayMs)
  click('click-early', at(4, 19), 'hugo', 'video')
  click('click-blog', at(24, 12), 'kasim', 'blog')
  click('click-mistyped', at(30, 9), 'a1va', 'chat')
  click('click-chat', at(33, 18), 'gesa', 'email')
  click('click-offline', at(38, 9), 'ines', 'email', app, 6 * day)
  const items = [
    { sku: 'white-peony', category: 'tea', quantity: 2, amount: euro(4800) },
    { sku: 'pot-large', category: 'ware', quantity: 1, amount: euro(5800) },
    { sku: 'cups-2', category: 'ware', quantity: 1, amount: euro(1900) },
  ]
  const order = { programId, conversionId, customerId, visitorId, kind: 'purchase' as const, country: 'DE' }
  send(shop, conversionId, 'vouch.conversion.v1', at(38, 20), { ...order, amount: euro(12_500), items }, 9000)
  const refund = { programId, refundId: `refund-${conversionId}`, conversionId, reason: 'return' as const }
  send('billing.example', refund.refundId, 'vouch.refund.v1', at(47, 11), {
    ...refund,
    amount: euro(1900),
    items: items.slice(2),
  })
}

function twoDevices({ send }: Wire): void {
  const customerId = 'c-two-devices'
  const click = { programId, code: 'finn', visitorId: 'v-phone', channel: 'chat' }
  send(shop, 'click-phone', 'vouch.click.v1', at(52, 21), click, 4000)
  const order = { programId, conversionId: 'order-two-devices', customerId, visitorId: 'v-laptop', country: 'FR' }
  const data = { ...order, kind: 'purchase' as const, amount: euro(6400) }
  send(shop, order.conversionId, 'vouch.conversion.v1', at(54, 8), data, 6000)
  send(
    app,
    'link-phone',
    'vouch.identities.linked.v1',
    at(59, 10),
    { programId, visitorId: 'v-phone', customerId },
    2000,
  )
}

function sharedTablet({ send }: Wire): void {
  const customerId = 'c-shared-tablet'
  const visitorId = 'v-tablet'
  const click = { programId, code: 'bram', visitorId, channel: 'email' }
  send(shop, 'click-tablet', 'vouch.click.v1', at(60, 19), click, 4000)
  send(app, 'signup-tablet', 'vouch.signup.v1', at(60, 20), { programId, customerId, visitorId }, 4000)
  const order = { programId, conversionId: 'order-shared-tablet', customerId, visitorId: 'v-own-phone', country: 'NL' }
  const data = { ...order, kind: 'purchase' as const, amount: euro(7280) }
  send(shop, order.conversionId, 'vouch.conversion.v1', at(62, 13), data, 6000)
  send(app, 'unlink-tablet', 'vouch.identities.unlinked.v1', at(69, 16), { programId, visitorId, customerId }, 2000)
}

function bot({ send }: Wire): void {
  const visitorId = 'v-bot'
  const click = { programId, visitorId }
  send(shop, 'click-real', 'vouch.click.v1', at(17, 20), { ...click, code: 'alva', channel: 'chat' }, 3000)
  send(shop, 'click-bot', 'vouch.click.v1', at(19, 9, 59), { ...click, code: 'dario', channel: 'blog' }, 3000)
  const order = { programId, conversionId: 'order-bot', customerId: 'c-bot', visitorId, country: 'DE' }
  const data = { ...order, kind: 'purchase' as const, amount: euro(8700) }
  send(shop, order.conversionId, 'vouch.conversion.v1', at(19, 10), data, 5000)
  const reason = 'A link checker, by its user agent.'
  send(desk, 'disqualify-bot', 'vouch.touch.disqualified.v1', at(26, 14), {
    programId,
    source: shop,
    id: 'click-bot',
    reason,
  })
}

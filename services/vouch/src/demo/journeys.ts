import { at, closing, day, days, hour, minute } from './calendar.ts'
import { type Advocate, advocates } from './cast.ts'
import { followUp } from './corrections.ts'
import type { Random } from './random.ts'
import { type Shares, shareBefore } from './shares.ts'
import { fillBasket, home, type Market, markets, money, priceIn, rateOn } from './shop.ts'
import { programId } from './terms.ts'
import type { Wire } from './wire.ts'

export const visitors = 430

/** What every part of a journey needs. */
interface Scene {
  readonly random: Random
  readonly wire: Wire
  readonly shares: Shares
  readonly next: (kind: 'click' | 'order') => string
}

/** Who buys: a customer, a guest known by the browser alone, or both. */
interface Buyer {
  readonly customerId?: string
  readonly visitorId?: string
  readonly market: Market
}

/** Visitors come through advocates, and some of them sign up and buy; a few customers come by themselves. */
export function runJourneys(random: Random, wire: Wire, shares: Shares): void {
  const counts = { click: 0, order: 1000 }
  const scene: Scene = { random, wire, shares, next: (kind) => `${kind}-${++counts[kind]}` }
  for (let number = 1; number <= visitors; number++) visit(scene, number)
  for (let number = 1; number <= 14; number++) {
    const buyer = { customerId: `c-own-${number}`, market: random.weighted(markets) }
    purchase(scene, buyer, at(random.between(2, days - 2), random.between(8, 21)), undefined)
  }
}

/** Apps report at once, mostly: some are offline for a while. */
function delayMs({ random }: Scene): number {
  const kind = random.between(1, 100)
  if (kind <= 90) return random.between(1, 50) * 1000
  return kind <= 98 ? random.between(1, 180) * minute : random.between(3, 60) * hour
}

function visit(scene: Scene, number: number): void {
  const { random } = scene
  const visitorId = `v-${number}`
  const { last, time } = browse(scene, visitorId)
  if (time >= closing) return
  const market = random.weighted(markets)
  if (!random.chance(38)) {
    // Guests: the shop knows no more than the browser.
    if (random.chance(9)) purchase(scene, { visitorId, market }, time + random.between(3, 90) * minute, last)
    return
  }
  const customerId = `c-${number}`
  const signedUp = time + random.between(2, 50) * minute
  if (signedUp >= closing) return
  const code = random.chance(55) ? last.id : undefined
  scene.wire.send(
    'app.example',
    `signup-${number}`,
    'vouch.signup.v1',
    signedUp,
    { programId, customerId, visitorId, code },
    delayMs(scene),
  )
  become(scene, { customerId, visitorId, market }, signedUp, last)
}

/** One or more clicks on links; returns the advocate of the last, and when that was. */
function browse(scene: Scene, visitorId: string): { last: Advocate; time: number } {
  const { random, wire, shares, next } = scene
  // More and more people come as the program gets known: the later of two days.
  let time = at(Math.max(random.between(0, days - 1), random.between(0, days - 1)), 7) + random.between(0, 900) * minute
  let last = chooseAdvocate(random, time)
  for (let clicks = random.chance(42) ? 1 : random.between(2, 5); ; ) {
    const share = shareBefore(random, shares, last.id, time)
    const channel = share?.channel ?? random.pick(last.channels)
    // People type and apps change case: codes are compared without it.
    const code = random.chance(8) ? last.id.toUpperCase() : last.id
    const data = { programId, code, visitorId, channel, shareId: share?.shareId }
    wire.send('shop.example', next('click'), 'vouch.click.v1', time, data, delayMs(scene))
    const later = time + random.between(10, 8 * 24 * 60) * minute
    if (--clicks === 0 || later >= closing) return { last, time }
    time = later
    if (random.chance(35)) last = chooseAdvocate(random, time)
  }
}

function chooseAdvocate(random: Random, time: number): Advocate {
  const there = advocates.filter(({ enrolledOnDay = 0 }) => at(enrolledOnDay, 11) <= time)
  const [first = advocates[0], ...rest] = there
  return random.weighted([first, ...rest])
}

/** What comes of a signup. */
function become(scene: Scene, buyer: Buyer, signedUp: number, last: Advocate): void {
  const { random } = scene
  const kind = random.between(1, 100)
  const soon = signedUp + random.between(5, 6 * 24 * 60) * minute
  if (kind <= 48) {
    purchase(scene, buyer, soon, last)
    if (random.chance(35)) purchase(scene, buyer, soon + random.between(9, 32) * day, last)
  } else if (kind <= 66) subscribe(scene, buyer, soon)
  else if (kind <= 73) {
    const data = { programId, conversionId: scene.next('order'), customerId: buyer.customerId, kind: 'lead' as const }
    if (soon < closing)
      scene.wire.send('desk.example', data.conversionId, 'vouch.conversion.v1', soon, {
        ...data,
        amount: money(0n, 'EUR'),
      })
  }
}

function purchase(scene: Scene, { market, ...who }: Buyer, time: number, through: Advocate | undefined): void {
  if (time >= closing) return
  const { random, wire } = scene
  const { items, minor } = fillBasket(random, market)
  const amount = money(minor, market.currency)
  const code = through?.coupon !== undefined && random.chance(30) ? through.coupon : undefined
  const conversionId = scene.next('order')
  const fxRate = rateOn(market, Math.floor((time - at(0)) / day))
  const { country } = market
  const data = {
    programId,
    conversionId,
    ...who,
    kind: 'purchase' as const,
    amount,
    items: [...items],
    country,
    code,
    fxRate,
  }
  wire.send('shop.example', conversionId, 'vouch.conversion.v1', time, data, delayMs(scene))
  followUp(random, wire, { conversionId, time, market, items, minor })
}

/** A box of tea each month, until it is cancelled or the simulation ends. */
function subscribe(scene: Scene, { market, ...who }: Buyer, from: number): void {
  const { random, wire, next } = scene
  // The shop sells boxes at home alone.
  const minor = priceIn(home, random.pick([1490, 2490, 3990]))
  const boxes = random.between(1, 4)
  for (let box = 0; box < boxes && from + box * 30 * day < closing; box++) {
    const time = from + box * 30 * day
    const kind = box === 0 ? ('subscription' as const) : ('renewal' as const)
    const conversionId = next('order')
    const data = { programId, conversionId, ...who, kind, amount: money(minor, home.currency), country: market.country }
    wire.send('billing.example', conversionId, 'vouch.conversion.v1', time, data, delayMs(scene))
  }
}

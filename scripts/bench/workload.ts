import { randomFrom } from '@vouch/testing'

/** An event as an app sends it, and when it reaches the log, ms. */
export interface Sent {
  readonly event: Readonly<Record<string, unknown>>
  readonly recordedAt: number
}

export interface WorkloadOptions {
  /** How many events, those that set the program up included. */
  readonly events: number
  readonly seed: number
  /** Touches of a person, at most; default 20. One gives a visitor for nearly every event. */
  readonly maxTouches?: number | undefined
  /** The program is published as the last event of all, with terms that hold since before the first one. */
  readonly publishedLast?: boolean | undefined
  /** The size of the log whose events come first, where more are wanted that follow on it; default `events`. */
  readonly followsOn?: number | undefined
}

export const programId = 'bench'
const source = 'shop.example'
const advocates = 1000
const start = Date.UTC(2026, 0, 1)
const day = 86_400_000

/** Of events a second in the world: a busy program, whose ten million events are a third of a year. */
const everyMs = 1_000

/** Somebody on their way: what they still do, one step at a time. */
interface Person {
  readonly visitor: string
  readonly customer: string | undefined
  /** Clicks on this device that are still to come. */
  clicks: number
  /** A second device, to be linked before the purchase. */
  readonly second: string | undefined
  readonly buys: boolean
  step: 'clicks' | 'signup' | 'second' | 'link' | 'buy' | 'refund' | 'done'
  order: { readonly id: string; readonly cents: number } | undefined
}

/**
 * Events of one program in the order in which they reach the log, the same for the same options on every machine: some
 * advocates bring most of it (Zipf), a person touches 1 to 20 times within a few days, 3 to 5 % of events are conversions,
 * 5 % of these are refunded, 2 % of clicks come late, 1 % of events link a second device.
 */
export function* workload(options: WorkloadOptions): Generator<Sent> {
  const { seed, maxTouches = 20, publishedLast = false, followsOn = options.events } = options
  const events = publishedLast ? options.events - 1 : options.events
  const random = randomFrom(seed)
  const zipf = zipfOf(advocates)
  const ring: Person[][] = Array.from({ length: Math.max(16, Math.min(200_000, followsOn >> 2)) }, () => [])
  const fraction = () => random.between(0, 999_999_999) / 1e9
  /** The ids of real apps are random, so that no two that follow on each other lie side by side in an index. */
  const scatter = () =>
    random
      .between(0, 2 ** 32 - 1)
      .toString(36)
      .padStart(7, '0')
  let people = 0
  let count = 0

  const sent = (type: string, data: Record<string, unknown>, lateMs = 0): Sent => {
    const recordedAt = start + count * everyMs
    const time = new Date(recordedAt - lateMs - random.between(0, 900)).toISOString()
    const id = `${scatter()}-${count.toString(36)}`
    count++
    return {
      event: { specversion: '1.0', id, source, type: `vouch.${type}.v1`, time, data: { programId, ...data } },
      recordedAt,
    }
  }

  function newPerson(): Person {
    const number = people++
    let clicks = 1
    while (clicks < maxTouches && random.chance(0.52)) clicks++
    const buys = random.chance(maxTouches === 1 ? 0.045 : 0.115)
    const isCustomer = buys ? random.chance(0.7) : random.chance(0.02)
    return {
      visitor: `v-${scatter()}-${number.toString(36)}`,
      customer: isCustomer ? `k-${scatter()}-${number.toString(36)}` : undefined,
      clicks,
      second: isCustomer && buys && random.chance(0.42) ? `w-${scatter()}-${number.toString(36)}` : undefined,
      buys,
      step: 'clicks',
      order: undefined,
    }
  }

  function click(visitorId: string): Sent {
    const advocate = zipf(fraction())
    const lateMs = random.chance(0.02) ? random.between(60_000, 20 * day) : 0
    const channel = random.pick(['instagram', 'mail', 'web', 'partner'])
    const data = { visitorId, code: codeOf(advocate), channel }
    return sent(
      'click',
      random.chance(0.3) ? { ...data, url: `https://shop.example/p/${advocate % 97}` } : data,
      lateMs,
    )
  }

  /** The person's next step; undefined when there is none that makes an event. */
  function act(person: Person): Sent | undefined {
    const { visitor, customer, second } = person
    for (;;) {
      switch (person.step) {
        case 'clicks':
          if (person.clicks-- > 0) return click(visitor)
          person.step = 'signup'
          break
        case 'signup':
          person.step = second ? 'second' : 'buy'
          if (customer) {
            const data = { customerId: customer, visitorId: visitor }
            return sent('signup', random.chance(0.3) ? { ...data, code: codeOf(zipf(fraction())) } : data)
          }
          break
        case 'second':
          person.step = 'link'
          return click(second as string)
        case 'link':
          person.step = 'buy'
          return sent('identities.linked', { visitorId: second, customerId: customer })
        case 'buy': {
          person.step = 'refund'
          if (!person.buys) return undefined
          const cents = random.between(500, 25_000)
          person.order = { id: `o-${visitor.slice(2)}`, cents }
          return sent('conversion', {
            conversionId: person.order.id,
            amount: { value: euros(cents), currency: 'EUR' },
            visitorId: visitor,
            ...(customer ? { customerId: customer } : {}),
            country: random.pick(['DE', 'FR', 'NL', 'AT']),
            kind: 'purchase',
          })
        }
        case 'refund': {
          person.step = 'done'
          const { order } = person
          if (!order || !random.chance(0.05)) return undefined
          const cents = random.chance(0.5) ? order.cents : random.between(1, order.cents)
          const amount = { value: euros(cents), currency: 'EUR' }
          return sent('refund', { refundId: `r-${order.id}`, conversionId: order.id, amount, reason: 'return' })
        }
        case 'done':
          return undefined
      }
    }
  }

  if (!publishedLast) yield sent('program.published', terms)
  for (let index = 0; index < advocates && count < events; index++) {
    const parent = index >= 100 && index % 10 === 0 ? { parentAdvocateId: `a-${index % 100}` } : {}
    yield sent('advocate.enrolled', { advocateId: `a-${index}`, kind: 'influencer', ...parent })
    if (count < events) yield sent('code.issued', { advocateId: `a-${index}`, code: codeOf(index) })
  }
  for (let slot = 0; count < events; slot = (slot + 1) % ring.length) {
    const due = ring[slot] as Person[]
    ring[slot] = []
    for (const person of due.length > 0 ? due : [newPerson()]) {
      const next = act(person)
      if (!next) continue
      yield next
      if (person.step !== 'done') ring[(slot + random.between(1, ring.length - 1)) % ring.length]?.push(person)
      if (count >= events) break
    }
  }
  if (publishedLast) yield sent('program.published', terms)
}

const codeOf = (advocate: number): string => `CODE${advocate.toString(36).toUpperCase()}`

const euros = (cents: number): string => `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`

/** Picks 0 to `count` - 1 by a number from 0 to 1, each as often as one over its rank. */
function zipfOf(count: number): (fraction: number) => number {
  const sums: number[] = []
  let sum = 0
  for (let rank = 1; rank <= count; rank++) {
    sum += 1 / rank
    sums.push(sum)
  }
  return (fraction) => {
    const wanted = fraction * sum
    let [low, high] = [0, count - 1]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((sums[middle] as number) <= wanted) low = middle + 1
      else high = middle
    }
    return low
  }
}

/** The rules of the contract's example, without what no event here has. */
const terms = {
  name: 'Bench',
  currency: 'EUR',
  effectiveFrom: new Date(start - day).toISOString(),
  attribution: { rewardBy: 'last-touch', lookback: { click: '30d', signup: '365d' }, horizon: '90d' },
  holdDays: 30,
  rewards: [
    {
      ruleId: 'ten-percent',
      trigger: 'conversion',
      to: 'advocate',
      amount: { percent: '10' },
      when: { minAmount: '20.00', countries: ['DE', 'FR'], kinds: ['purchase'] },
      caps: { perAdvocate: { amount: '500.00', per: 'month' } },
    },
    { ruleId: 'welcome', trigger: 'signup', to: 'referee', amount: { fixed: '5.00' } },
    {
      ruleId: 'ladder',
      trigger: 'conversion',
      to: 'advocate',
      amount: {
        tiers: {
          by: 'conversions',
          per: 'month',
          steps: [
            { from: 0, percent: '5' },
            { from: 10, percent: '8' },
          ],
        },
      },
    },
  ],
}

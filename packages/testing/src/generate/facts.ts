import { durationMs } from '../oracle/exact.ts'
import type { PlainEvent } from '../oracle/log.ts'
import type { Cast } from './cast.ts'
import { randomConversion, randomCorrection } from './conversions.ts'
import { type Sent, type Stage, someLookbackMs, type Told } from './stage.ts'
import { purposes } from './terms.ts'

const hourMs = 3_600_000

type Maker = (stage: Stage, cast: Cast, told: Told, time: number) => PlainEvent | undefined

export function randomFacts(stage: Stage, cast: Cast): Sent[] {
  const { random, options } = stage
  const events: PlainEvent[] = []
  const ofType = (...types: string[]) => events.filter((event) => types.includes(event.type))
  const told: Told = {
    events,
    conversions: () => ofType('vouch.conversion.v1'),
    touches: () => ofType('vouch.click.v1', 'vouch.signup.v1', 'vouch.share.v1', 'vouch.conversion.v1'),
  }
  const makers = weighted(stage)
  const wanted = random.between(...options.facts)
  const sent: Sent[] = []
  for (let tries = 0; sent.length < wanted && tries < wanted * 3; tries += 1) {
    const make = random.any(makers)
    const moments = [randomTime(stage, told), randomTime(stage, told)]
    // Conversions tend to come after touches, or there would be no paths.
    const time = make === conversion ? Math.max(...moments) : Math.min(...moments)
    const event = make?.(stage, cast, told, time)
    if (event === undefined) continue
    events.push(event)
    sent.push({ event, delayMs: randomDelay(stage, event) })
  }
  return options.late && random.chance(0.4) ? [...sent, ...atTheHorizon(stage, cast, told, sent)] : sent
}

function weighted(stage: Stage): Maker[] {
  const { options } = stage
  const asked = purposesAsked(stage)
  const table: [number, boolean, Maker][] = [
    [14, true, click],
    [7, true, conversion],
    [2, options.shares, share],
    [3, options.signups, signup],
    [4, options.refunds || options.amendments, randomCorrection],
    [3, options.links, link],
    [1, options.suspensions, suspension],
    [1, options.revocations, revocation],
    [1, options.disqualifications, disqualification],
    [1, options.updates, update],
    [1, options.byHand, gift],
    [asked.length > 0 ? 6 : 1, options.consent, consent],
    [1, options.erasures, erasure],
  ]
  return table.flatMap(([weight, allowed, make]) => (allowed ? Array.from({ length: weight }, () => make) : []))
}

/** On a coarse grid, at a moment already used, or at the edge of something. */
function randomTime(stage: Stage, told: Told): number {
  const { random, from, until } = stage
  const steps = random.pick([6, 24, 240])
  const onGrid = from + Math.floor(((until - from) * random.between(0, steps)) / steps)
  const other = random.any(told.touches())
  if (other === undefined || random.chance(0.5)) return onGrid
  const lookback = someLookbackMs(stage, random.early(['click', 'signup']))
  const time =
    other.time + random.pick([0, 0, 0, 1, -1, hourMs, -hourMs, lookback, -lookback, lookback + 1, -lookback - 1])
  return time < from || time > until ? onGrid : time
}

/** Most facts arrive at once, some later; how much later is limited only where facts may be late. */
function randomDelay({ random, options, from, until, versions }: Stage, event: PlainEvent): number {
  const span = until - from
  if (options.future && random.chance(0.04)) return -Math.min(Math.floor(span / 4), event.time - from)
  if (random.chance(0.6)) return random.between(0, 3)
  if (random.chance(0.6)) return random.between(0, 48) * hourMs
  const horizon = durationMs(random.any(versions)?.attribution.horizon ?? '1d')
  const most = options.late ? horizon * random.pick([1, 1, 1.6]) : Math.min(horizon, span)
  return Math.floor(random.pick([0.3, 0.8, 1]) * most) + random.between(0, 9)
}

/** A click or conversion exactly as late as the horizon allows, or a millisecond to either side. */
function atTheHorizon(stage: Stage, cast: Cast, told: Told, sent: readonly Sent[]): Sent[] {
  const { random, options, versions, from } = stage
  const newest = sent
    .filter(({ event, delayMs }) => told.touches().includes(event) && delayMs >= 0)
    .sort((a, b) => b.event.time - a.event.time)[0]
  const horizon = random.any(versions)?.attribution.horizon
  if (newest === undefined || horizon === undefined) return []
  const time = newest.event.time - durationMs(horizon) + random.pick([0, 1, -1])
  if (time < from && !options.beforeTerms) return []
  const make = random.pick([click, conversion])
  const event = make(stage, cast, told, time)
  return event === undefined ? [] : [{ event, delayMs: newest.event.time + newest.delayMs - time }]
}

function spelt({ random, options }: Stage, code: string): string {
  if (!options.spelling || random.chance(0.7)) return code
  return random.pick([code.toLowerCase(), `${code.slice(0, 1)}${code.slice(1).toLowerCase()}`, ` ${code} `])
}

export function someCode(stage: Stage, cast: Cast): string {
  return spelt(stage, stage.random.early(cast.codes))
}

function click(stage: Stage, cast: Cast, _told: Told, time: number): PlainEvent {
  const { random, programId } = stage
  const data = { programId, code: someCode(stage, cast), visitorId: random.early(cast.visitors) }
  return stage.event('click', time, random.chance(0.5) ? { ...data, channel: random.pick(['mail', 'social']) } : data)
}

function conversion(stage: Stage, cast: Cast, told: Told, time: number): PlainEvent {
  const coupon = stage.options.coupons && stage.random.chance(0.25) ? someCode(stage, cast) : undefined
  return randomConversion(stage, cast, told, { time, coupon })
}

function share(stage: Stage, cast: Cast, _told: Told, time: number): PlainEvent {
  const { random, options, programId } = stage
  const advocateId = random.early(cast.advocates)
  const code = options.strangers && random.chance(0.3) ? random.pick(cast.codes) : codeOf(stage, cast, advocateId)
  const named = code !== undefined && random.chance(0.5) ? { code: spelt(stage, code) } : {}
  return stage.event('share', time, { programId, advocateId, channel: 'mail', ...named })
}

/** One a customer: a signup is for ever. */
function signup(stage: Stage, cast: Cast, told: Told, time: number): PlainEvent | undefined {
  const { random, programId } = stage
  const done = told.events.filter((event) => event.type === 'vouch.signup.v1').map((event) => event.data.customerId)
  const customerId = random.any(cast.customers.filter((customer) => !done.includes(customer)))
  if (customerId === undefined) return undefined
  return stage.event('signup', time, {
    programId,
    customerId,
    ...(random.chance(0.7) ? { visitorId: random.early(cast.visitors) } : {}),
    ...(random.chance(0.6) ? { code: someCode(stage, cast) } : {}),
  })
}

function link(stage: Stage, cast: Cast, told: Told, time: number): PlainEvent {
  const { random, programId } = stage
  const pair = { visitorId: random.early(cast.visitors), customerId: random.early(cast.customers) }
  const stated = told.events.filter((event) => 'visitorId' in event.data && 'customerId' in event.data)
  const known = random.chance(0.6) ? random.any(stated) : undefined
  // Contradicting a statement, at times in the same millisecond, is what makes the order of statements matter.
  const data = known ? { visitorId: known.data.visitorId, customerId: known.data.customerId } : pair
  const type = random.chance(0.5) ? 'identities.linked' : 'identities.unlinked'
  return stage.event(type, known && random.chance(0.4) ? known.time : time, { programId, ...data })
}

function suspension(stage: Stage, cast: Cast, _told: Told, time: number): PlainEvent {
  const type = stage.random.pick(['advocate.suspended', 'advocate.reinstated'])
  return stage.event(type, time, { programId: stage.programId, advocateId: stage.random.early(cast.advocates) })
}

function revocation(stage: Stage, cast: Cast, _told: Told, time: number): PlainEvent | undefined {
  const { random, options, programId } = stage
  const owner = random.early(cast.advocates)
  const code = codeOf(stage, cast, owner)
  const advocateId = options.strangers && random.chance(0.3) ? random.pick(cast.advocates) : owner
  return code === undefined
    ? undefined
    : stage.event('code.revoked', time, { programId, advocateId, code: spelt(stage, code) })
}

function codeOf({ random }: Stage, cast: Cast, advocateId: string): string | undefined {
  return random.any(cast.codesOf.get(advocateId) ?? [])
}

function disqualification(stage: Stage, _cast: Cast, told: Told, time: number): PlainEvent | undefined {
  const touch = stage.random.any(told.touches())
  const { programId } = stage
  return (
    touch && stage.event('touch.disqualified', time, { programId, source: touch.source, id: touch.id, reason: 'bot' })
  )
}

function update(stage: Stage, cast: Cast, _told: Told, time: number): PlainEvent {
  const { random, options, programId } = stage
  const advocateId = random.early(cast.advocates)
  const parent = random.any(cast.advocates.filter((one) => one !== advocateId))
  const data = { programId, advocateId, group: 'gold' }
  const change = options.uplines && random.chance(0.6) ? { parentAdvocateId: parent } : {}
  const customer = options.selfReferral && random.chance(0.5) ? { customerId: random.early(cast.customers) } : {}
  return stage.event('advocate.updated', time, { ...data, ...change, ...customer })
}

/** What some version of the terms asks consent for. */
const purposesAsked = ({ versions }: Stage): string[] =>
  versions.flatMap(({ attribution }) => attribution.requireConsent ?? [])

function erasure({ random, programId, event }: Stage, cast: Cast, _told: Told, time: number): PlainEvent {
  const reason = random.chance(0.5) ? { reason: 'asked to' } : {}
  return event('person.forgotten', time, {
    programId,
    subject: 'customer',
    subjectId: random.early(cast.customers),
    ...reason,
  })
}

/** Mostly given, some of it in the very millisecond of something else, or contradicted in that of another word on it. */
function consent(stage: Stage, cast: Cast, told: Told, time: number): PlainEvent {
  const { random, programId } = stage
  const asked = random.any(purposesAsked(stage))
  const purpose = random.chance(0.2) ? random.pick(purposes) : (asked ?? random.early(purposes))
  const fresh = { programId, customerId: random.early(cast.customers), purpose }
  const before = told.events.filter(({ type }) => type.startsWith('vouch.consent.'))
  const known = random.chance(0.3) ? random.any(before) : undefined
  const type = random.chance(0.7) ? 'consent.granted' : 'consent.withdrawn'
  return stage.event(type, known && random.chance(0.5) ? known.time : time, known?.data ?? fresh)
}

function gift(stage: Stage, cast: Cast, told: Told, time: number): PlainEvent {
  const { random, programId } = stage
  const named = random.chance(0.3) ? random.any(told.conversions())?.data.conversionId : undefined
  return stage.event(random.early(['reward.granted', 'reward.revoked']), time, {
    programId,
    advocateId: random.early(cast.advocates),
    amount: { value: random.pick(['5.00', '12.34']), currency: 'EUR' },
    reason: 'goodwill',
    ...(named === undefined ? {} : { conversionId: named }),
  })
}

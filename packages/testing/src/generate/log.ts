import type { LoggedEvent } from '../oracle/log.ts'
import { randomCast } from './cast.ts'
import { randomFacts } from './facts.ts'
import { everything, type Leaning, type LogOptions } from './options.ts'
import { type Random, randomFrom } from './random.ts'
import type { Sent, Stage } from './stage.ts'
import { exampleTerms, randomTerms, revisedTerms, safeSpanMs } from './terms.ts'

/** Midnight between two months, so that small logs cross it. */
const monthEnd = Date.UTC(2026, 1, 1)
const hourMs = 3_600_000

/** A whole program log: the same seed and options give the same log. Natural keys and (source, id) are unique in it. */
export function randomLog(seed: number, chosen: Partial<LogOptions> = {}): LoggedEvent[] {
  const options = { ...everything, ...chosen }
  const random = randomFrom(seed)
  const ids = random.shuffled(Array.from({ length: 400 }, (_, index) => `e${index + 1}`))
  // U+FF5E comes before U+1F6D2, but after the surrogates that UTF-16 spells it with.
  const odd = () => (options.oddIds && random.chance(0.1) ? random.pick(['\uff5e', '\u{1f6d2}']) : '')
  const event: Stage['event'] = (type, time, data) => ({
    id: `${odd()}${ids.pop() ?? 'e0'}`,
    source: `${odd()}${random.early(['app', 'shop'])}`,
    type: `vouch.${type}.v1`,
    time,
    data,
  })
  const sent = randomProgram(random, options, 'summer', event)
  if (options.secondProgram && random.chance(0.15)) {
    sent.push(...randomProgram(random, { ...options, facts: [1, 6] }, 'winter', event))
  }
  return record(sent)
}

/** Puts events into the log in the order in which they arrive; recorded times never go back. */
function record(sent: readonly Sent[]): LoggedEvent[] {
  let recordedAt = Number.NEGATIVE_INFINITY
  return sent
    .map(({ event, delayMs }, index) => ({ event, index, arrival: event.time + delayMs }))
    .sort((a, b) => a.arrival - b.arrival || a.index - b.index)
    .map(({ event, arrival }, index) => {
      recordedAt = Math.max(recordedAt, arrival)
      return { position: index + 1, recordedAt, event }
    })
}

function randomProgram(random: Random, options: LogOptions, programId: string, event: Stage['event']): Sent[] {
  const leaning = random.pick<Leaning>(['nothing', 'nothing', 'nothing', 'uplines', 'items', 'ladders'])
  const style = { options, leaning, programId }
  const versions = [randomTerms(random, style)]
  while (versions.length < options.versions && random.chance(leaning === 'ladders' ? 0.8 : 0.4)) {
    versions.push(revisedTerms(random, style, versions.at(-1) ?? randomTerms(random, style)))
  }
  const safe = safeSpanMs(versions, options.late)
  const span = options.bounded ? safe : safe * 3
  const from = monthEnd - Math.floor(random.pick([0.5, 0.9, 0.2]) * span)
  const stage: Stage = { random, options, leaning, programId, versions, from, until: from + span, event }
  const cast = randomCast(stage)
  return [...publications(stage), ...cast.sent, ...randomFacts(stage, cast)]
}

/** Versions are published and arrive one after the other; which may take effect in another order. */
function publications(stage: Stage): Sent[] {
  const { random, options, leaning, from, until, event, versions } = stage
  const span = until - from
  let lastArrival = Number.NEGATIVE_INFINITY
  return scheduleOf(stage).map(({ effectiveFrom, time }, index) => {
    const mayBeLate = options.pending && (versions.length === 1 || options.retroactive)
    const late =
      mayBeLate && random.chance(leaning === 'ladders' ? 0.5 : 0.15) ? Math.floor(span / random.between(2, 8)) : 0
    const arrival = Math.max(time + late, lastArrival + 1)
    lastArrival = arrival
    const said = versions[index] ?? {}
    const data = options.sparseTerms && random.chance(0.5) ? sparse(said, exampleTerms) : said
    const published = { ...data, effectiveFrom: new Date(effectiveFrom).toISOString() }
    return { event: event('program.published', time, published), delayMs: arrival - time }
  })
}

/** Without what has its default value, at every depth. */
function sparse(said: object, defaults: object): Record<string, unknown> {
  const ofDefault = new Map<string, unknown>(Object.entries(defaults))
  return Object.fromEntries(
    Object.entries(said).flatMap(([name, value]): [string, unknown][] => {
      const known = ofDefault.get(name)
      if (JSON.stringify(value) === JSON.stringify(known)) return []
      const nested = typeof known === 'object' && known !== null && name !== 'positionBased'
      return [[name, nested && !Array.isArray(value) ? sparse(value, known) : value]]
    }),
  )
}

interface Scheduled {
  effectiveFrom: number
  /** Of the publication. */
  time: number
}

function scheduleOf({ random, options, versions, from, until }: Stage): Scheduled[] {
  const span = until - from
  const toTheHour = (time: number) => Math.ceil(time / hourMs) * hourMs
  const schedule = versions.map((_, index): Scheduled => {
    if (index > 0) {
      const effectiveFrom = toTheHour(from + Math.floor((span * (index + random.pick([0, 0.5]))) / versions.length))
      return { effectiveFrom, time: Math.max(from, effectiveFrom - random.pick([0, 0, hourMs])) }
    }
    const late = options.beforeTerms && random.chance(0.15) ? Math.floor(span * 0.2) : 0
    const effectiveFrom = toTheHour(from + late) - hourMs
    // Version 1 may take effect before it is published; a later one may not.
    const early = options.pending && random.chance(0.2) && (versions.length === 1 || options.retroactive)
    return { effectiveFrom, time: early ? effectiveFrom + Math.floor(span / 3) : effectiveFrom - hourMs }
  })
  for (const [index, one] of schedule.entries()) {
    const before = schedule[index - 1]
    if (before === undefined || !options.overtaking || !random.chance(0.3)) continue
    // The one before was announced long ahead, and this one comes to hold before it.
    before.time = Math.min(before.time, from - hourMs)
    one.effectiveFrom = toTheHour(from + Math.floor(((before.effectiveFrom - from) * random.between(0, 10)) / 10))
    one.time = Math.min(one.time, one.effectiveFrom)
  }
  return schedule
}

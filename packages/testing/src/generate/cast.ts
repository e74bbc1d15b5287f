import { durationMs } from '../oracle/exact.ts'
import type { Sent, Stage } from './stage.ts'

/** Who takes part: few, so that their paths cross. */
export interface Cast {
  readonly advocates: readonly [string, ...string[]]
  readonly visitors: readonly [string, ...string[]]
  readonly customers: readonly [string, ...string[]]
  /** Codes that some advocate has, and one that nobody has. */
  readonly codes: readonly [string, ...string[]]
  readonly codesOf: ReadonlyMap<string, readonly string[]>
  /** Enrolments and codes on their way to the log. */
  readonly sent: readonly Sent[]
}

const names: readonly [string, ...string[]] = ['anna', 'bert', 'carl', 'dora', 'emil']

export function randomCast(stage: Stage): Cast {
  const { random, options, programId, event } = stage
  const advocates: [string, ...string[]] = ['anna', ...names.slice(1, random.between(2, 5))]
  const customers: [string, ...string[]] = ['c1', ...['c2', 'c3', 'c4'].slice(0, random.between(1, 3))]
  const visitors: [string, ...string[]] = [
    'v1',
    ...['v2', 'v3', 'v4', 'v5', 'v6'].slice(0, random.early([1, 2, 3, 4, 5])),
  ]
  const sent: Sent[] = []
  const codesOf = new Map<string, string[]>()
  for (const [index, advocateId] of advocates.entries()) {
    const ghost = options.ghosts && index > 0 && random.chance(0.06)
    const parent =
      options.uplines && random.chance(0.5) ? random.any(advocates.filter((one) => one !== advocateId)) : undefined
    const customerId =
      options.selfReferral && random.chance(0.5) ? random.pick(['c1', 'c2', `c-${advocateId}`]) : undefined
    const data = {
      programId,
      advocateId,
      ...(customerId ? { customerId } : {}),
      ...(parent ? { parentAdvocateId: parent } : {}),
    }
    if (!ghost) sent.push(enlist(stage, (time) => event('advocate.enrolled', time, data)))
    const codes = [`${advocateId.toUpperCase()}1`, ...(random.chance(0.4) ? [`${advocateId.toUpperCase()}2`] : [])]
    codesOf.set(advocateId, codes)
    for (const code of codes) {
      sent.push(enlist(stage, (time) => event('code.issued', time, { programId, advocateId, code })))
    }
  }
  const all = [...codesOf.values()].flat()
  const codes: [string, ...string[]] = ['ANNA1', ...all.filter((code) => code !== 'ANNA1'), 'NOBODY']
  return { advocates, visitors, customers, codes, codesOf, sent }
}

/** Mostly before everything; sometimes in the middle, sometimes long after it happened. */
function enlist({ random, options, from, until }: Stage, eventAt: (time: number) => Sent['event']): Sent {
  const before = from - durationMs('2h') - random.between(0, 3)
  if (!options.pending || random.chance(0.8)) return { event: eventAt(before), delayMs: 0 }
  const within = from + Math.floor(((until - from) * random.between(1, 10)) / 10)
  return random.chance(0.5)
    ? { event: eventAt(within), delayMs: 0 }
    : { event: eventAt(before), delayMs: within - before }
}

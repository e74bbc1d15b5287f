import { durationMs } from '../oracle/exact.ts'
import { factsOf, type LoggedEvent } from '../oracle/log.ts'
import { outOfAccount, versionsOf } from '../oracle/program.ts'
import { randomFrom } from './random.ts'

const canBeLate = new Set(['vouch.click.v1', 'vouch.share.v1', 'vouch.signup.v1', 'vouch.conversion.v1'])

/**
 * The same events in another order of arrival, with new positions and recorded times, none beyond the horizon of any
 * version. Only the publications of terms keep their order, for it numbers the versions.
 * @throws if the log has a fact beyond the horizon already: generate it with `late: false`
 */
export function shuffle(log: readonly LoggedEvent[], seed: number): LoggedEvent[] {
  const random = randomFrom(seed)
  const horizons = new Map<string, number>()
  for (const programId of new Set(log.map(({ event }) => String(event.data.programId)))) {
    const facts = factsOf(log, programId)
    const late = facts.find((fact) => outOfAccount(facts, fact) === 'beyond-horizon')
    if (late)
      throw new Error(`${late.source}/${late.id} is beyond the horizon: only logs without late facts can be shuffled`)
    const least = Math.min(...versionsOf(facts).map(({ terms }) => durationMs(terms.attribution.horizon)))
    horizons.set(programId, least)
  }

  let waiting = random.shuffled(log)
  const shuffled: LoggedEvent[] = []
  // Everything is recorded after the last event's time, so that the clock is the latest time alone.
  let recordedAt = Math.max(...log.map(({ event, recordedAt }) => Math.max(event.time, recordedAt)))
  while (waiting.length > 0) {
    const next = waiting.find((one) => mayComeNext(one, waiting, horizons)) ?? waiting[0]
    if (next === undefined) break
    waiting = waiting.filter((one) => one !== next)
    recordedAt += random.between(0, 2)
    shuffled.push({ position: shuffled.length + 1, recordedAt, event: next.event })
  }
  return shuffled
}

function mayComeNext(
  one: LoggedEvent,
  waiting: readonly LoggedEvent[],
  horizons: ReadonlyMap<string, number>,
): boolean {
  const ofSameProgram = waiting.filter(({ event }) => event.data.programId === one.event.data.programId)
  if (one.event.type === 'vouch.program.published.v1') {
    return !ofSameProgram.some(({ event, position }) => event.type === one.event.type && position < one.position)
  }
  if (!canBeLate.has(one.event.type)) return true
  // Nothing that still waits may become too late; the earliest that waits may always come.
  const times = ofSameProgram.filter(({ event }) => canBeLate.has(event.type)).map(({ event }) => event.time)
  return one.event.time - Math.min(...times) <= (horizons.get(String(one.event.data.programId)) ?? 0)
}

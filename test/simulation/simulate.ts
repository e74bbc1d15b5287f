import type { FaultKind } from './faults.ts'
import { none, type Sabotage } from './sabotage.ts'
import { World } from './world.ts'

/** What became of one seed. */
export interface Outcome {
  readonly seed: number
  /** Why it failed; undefined if all is as it should be. */
  readonly failure: string | undefined
  readonly steps: number
  readonly events: number
  readonly answers: number
  /** How often each fault happened. */
  readonly faults: ReadonlyMap<FaultKind, number>
  /** Every step, and a hash of them all. */
  readonly trace: readonly string[]
  readonly digest: string
}

/** One whole simulation: the same seed gives the same one, to the step. */
export async function simulate(seed: number, sabotage: Sabotage = none): Promise<Outcome> {
  const world = new World(seed, sabotage)
  const failure = await world.live()
  return {
    seed,
    failure,
    steps: world.scheduler.steps,
    events: world.log.events.length,
    answers: world.answers.count,
    faults: world.faults.counts,
    trace: world.trace.lines,
    digest: world.trace.digest,
  }
}

/** The first of these seeds that notices a sabotage; undefined if none does. */
export async function firstToNotice(sabotage: Sabotage, seeds: number): Promise<Outcome | undefined> {
  for (let seed = 1; seed <= seeds; seed++) {
    const outcome = await simulate(seed, sabotage)
    if (outcome.failure !== undefined) return outcome
  }
  return undefined
}

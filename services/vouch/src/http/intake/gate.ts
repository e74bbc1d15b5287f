import type { Arrivals } from '../../arrivals.ts'
import { createIntake, type Intake, type IntakeLimits } from './intake.ts'
import { createTurns, type Turns } from './turns.ts'

/** What everybody who sends events has to pass, whichever way they come. */
export interface Gate {
  readonly intake: Intake
  readonly turns: Turns
}

/** Pieces of work on events are begun for so long, ms; then folds, queries and health checks have their turn. */
const sliceMs = 10

export function createGate(limits: IntakeLimits, { later }: Pick<Arrivals, 'later'>): Gate {
  const now = () => performance.now()
  return { intake: createIntake(limits, now), turns: createTurns({ sliceMs, now, later }) }
}

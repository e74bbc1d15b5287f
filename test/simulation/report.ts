import { type FaultKind, faultKinds } from './faults.ts'
import type { Outcome } from './simulate.ts'

/** From so many seeds on, a fault that never happened is a gap in what was tried. */
const seedsThatShowAll = 100

/** Steps of a trace that are shown of a failure, unless all are wanted. */
const lastSteps = 30

/** What a run of many seeds came to. */
export class Report {
  readonly failures: Outcome[] = []
  readonly #counts = new Map<FaultKind, number>()
  #seeds = 0
  #steps = 0
  #events = 0
  #answers = 0

  add(outcome: Outcome): void {
    this.#seeds++
    this.#steps += outcome.steps
    this.#events += outcome.events
    this.#answers += outcome.answers
    for (const [kind, count] of outcome.faults) this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + count)
    if (outcome.failure !== undefined) this.failures.push(outcome)
  }

  /** Faults that so many seeds should have had and did not. */
  get missing(): readonly FaultKind[] {
    return this.#seeds < seedsThatShowAll ? [] : faultKinds.filter((kind) => !this.#counts.has(kind))
  }

  get isGood(): boolean {
    return this.failures.length === 0 && this.missing.length === 0
  }

  /** @param seconds that it took */
  text(seconds: number): string {
    const faults = faultKinds.map((kind) => `  ${String(this.#counts.get(kind) ?? 0).padStart(9)}  ${kind}`)
    const failed = this.failures.length === 0 ? 'none failed' : `${this.failures.length} failed`
    return [
      ...faults,
      `${this.#seeds} seeds, ${failed}: ${this.#steps} steps, ${this.#events} events in logs, ${this.#answers} answers, ${seconds.toFixed(1)} s`,
      ...this.missing.map((kind) => `Of all these seeds none had the fault "${kind}": it is not tried any longer.`),
    ].join('\n')
  }
}

/** Why a seed failed, how to see it again, and the end of its trace. */
export function failureText({ seed, failure, trace }: Outcome): string {
  const why = String(failure).split('\n', 1)[0]
  return [
    ...trace.slice(-lastSteps).map((line) => `  ${line}`),
    `seed ${seed} failed: ${why}; replay with npm run simulate -- --seed ${seed} --trace`,
  ].join('\n')
}

import type { Actor, Scheduler, Sent } from './scheduler.ts'

/** What takes effect when nobody waits for it any longer: a request that timed out, or whose sender is dead. */
export class Network {
  readonly #scheduler: Scheduler
  readonly #actor: Actor
  #underWay = 0

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler
    this.#actor = scheduler.actor('network')
  }

  get underWay(): number {
    return this.#underWay
  }

  later(what: string, effect: Sent): void {
    this.#underWay++
    void this.#scheduler
      .turn(this.#actor, `${what} takes effect late`)
      .then(effect)
      .then(() => {
        this.#underWay--
      })
  }
}

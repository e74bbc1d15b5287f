import type { Random } from '@vouch/testing'
import type { Actor, Scheduler, Sent } from './scheduler.ts'

/** What takes effect when nobody waits for it any longer: a request that timed out, or whose sender is dead. */
export class Network {
  readonly #scheduler: Scheduler
  readonly #random: Random
  readonly #someTime: () => number
  readonly #actor: Actor
  #underWay = 0

  constructor(scheduler: Scheduler, random: Random, someTime: () => number) {
    this.#scheduler = scheduler
    this.#random = random
    this.#someTime = someTime
    this.#actor = scheduler.actor('network')
  }

  get underWay(): number {
    return this.#underWay
  }

  later(what: string, effect: Sent): void {
    this.#underWay++
    void this.#scheduler
      .sleep(this.#actor, this.#random.pick([0, 1, 3]) * this.#someTime())
      .then(() => this.#scheduler.turn(this.#actor, `${what} takes effect late`))
      .then(effect)
      .then(() => {
        this.#underWay--
      })
  }
}

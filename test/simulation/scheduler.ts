import type { Random } from '@vouch/testing'
import type { Trace } from './trace.ts'

/**
 * Somebody who takes part: a producer, a process, the network. Whoever is dead is never given another turn, so that its code
 * stops where it waits, without a `catch` or a `finally`, as that of a killed process does.
 */
export interface Actor {
  readonly name: string
  readonly alive: boolean
}

/** What has been sent off when its sender dies, and may take effect without it. */
export type Sent = () => Promise<void>

interface Member extends Actor {
  alive: boolean
}

interface Turn {
  readonly actor: Actor
  readonly what: string
  readonly go: () => void
  readonly sent: Sent | undefined
  /** No earlier than at this step, while others can go. */
  notBefore: number
}

interface Timer {
  readonly actor: Actor
  readonly due: number
  readonly ring: () => void
}

export interface SchedulerOptions {
  readonly random: Random
  readonly trace: Trace
  /** What the clock says at the beginning, ms since the epoch, UTC. */
  readonly from: number
  /** Steps after which the run is taken to go on for ever. */
  readonly maxSteps: number
}

/** Nobody can go on, or nobody comes to an end. */
export class Stuck extends Error {
  override readonly name = 'Stuck'
}

/**
 * Lets one actor go at a time, chosen by the seed, and only when all others wait. Code that is simulated has to wait by
 * `turn` and `sleep` alone; then nothing but the seed decides what happens in which order, and what time it is.
 */
export class Scheduler {
  readonly #random: Random
  readonly #trace: Trace
  readonly #maxSteps: number
  readonly #timers: Timer[] = []
  #turns: Turn[] = []
  #now: number
  #steps = 0
  /** Asked before each turn; what answers true has done something else with it, such as killing the actor. */
  intercept: (actor: Actor, what: string) => boolean = () => false

  constructor({ random, trace, from, maxSteps }: SchedulerOptions) {
    this.#random = random
    this.#trace = trace
    this.#now = from
    this.#maxSteps = maxSteps
  }

  /** ms since the epoch, UTC. */
  get now(): number {
    return this.#now
  }

  get steps(): number {
    return this.#steps
  }

  actor(name: string): Actor {
    const member: Member = { name, alive: true }
    return member
  }

  /**
   * Resolves when it is the actor's turn.
   * @param sent what takes effect, or not, if the actor dies while it waits here
   */
  turn(actor: Actor, what: string, sent?: Sent): Promise<void> {
    return new Promise((go) => {
      if (!actor.alive) return
      // Now and then somebody is slow.
      const notBefore = this.#random.chance(0.03) ? this.#steps + this.#random.between(3, 60) : 0
      this.#turns.push({ actor, what, go, sent, notBefore })
    })
  }

  /** Resolves when so much time has passed, or the signal is aborted. */
  sleep(actor: Actor, ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (!actor.alive) return
      if (ms <= 0 || signal?.aborted) return resolve()
      const done = () => {
        const at = this.#timers.indexOf(timer)
        if (at >= 0) this.#timers.splice(at, 1)
        signal?.removeEventListener('abort', done)
        if (actor.alive) resolve()
      }
      const timer: Timer = { actor, due: this.#now + ms, ring: done }
      this.#timers.push(timer)
      signal?.addEventListener('abort', done)
    })
  }

  /** @returns what it had sent off and had no answer to */
  kill(actor: Actor): readonly { readonly what: string; readonly sent: Sent }[] {
    ;(actor as Member).alive = false
    const lost = this.#turns.filter((turn) => turn.actor === actor)
    this.#turns = this.#turns.filter((turn) => turn.actor !== actor)
    for (let at = this.#timers.length - 1; at >= 0; at--) {
      if (this.#timers[at]?.actor === actor) this.#timers.splice(at, 1)
    }
    return lost.flatMap(({ what, sent }) => (sent ? [{ what, sent }] : []))
  }

  /** Gives turns until it is over. @throws Stuck */
  async run(isOver: () => boolean): Promise<void> {
    for (;;) {
      await everybodyWaits()
      if (isOver()) return
      if (++this.#steps > this.#maxSteps) throw new Stuck(`it had not come to an end after ${this.#maxSteps} steps`)
      this.#step()
    }
  }

  #step(): void {
    this.#now += this.#random.between(0, 3)
    const timer = this.#earliest()
    const turn = timer && (this.#turns.length === 0 || this.#random.chance(0.1)) ? undefined : this.#anyTurn()
    if (turn) {
      if (this.intercept(turn.actor, turn.what)) return
      this.#turns.splice(this.#turns.indexOf(turn), 1)
      this.#note(turn.actor, turn.what)
      return turn.go()
    }
    if (timer === undefined) throw new Stuck('everybody waits, and nobody will wake them')
    this.#now = Math.max(this.#now, timer.due)
    this.#note(timer.actor, 'wakes')
    timer.ring()
  }

  #earliest(): Timer | undefined {
    let earliest: Timer | undefined
    for (const timer of this.#timers) if (earliest === undefined || timer.due < earliest.due) earliest = timer
    return earliest
  }

  #anyTurn(): Turn | undefined {
    const quick = this.#turns.filter(({ notBefore }) => notBefore <= this.#steps)
    return this.#random.any(quick.length > 0 ? quick : this.#turns)
  }

  #note(actor: Actor, what: string): void {
    this.#trace.note(`${this.#steps} ${new Date(this.#now).toISOString()} ${actor.name}: ${what}`)
  }
}

/** All promises have run as far as they go: what is simulated uses neither timers nor files that are read in the background. */
const everybodyWaits = () => new Promise<void>((resolve) => setImmediate(resolve))

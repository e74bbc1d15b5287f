import { type Admission, createAdmission, type Outcome } from '@vouch/ingestion'
import { type Projection, Projector, type ProjectorParts } from '@vouch/projector'
import { isLeft } from 'fp-ts/lib/Either.js'
import type { DurableState } from '../../packages/projector/src/state/sqlite-state.ts'
import type { Answers } from './answers.ts'
import { type FaultKind, killPlaces } from './faults.ts'
import { type Item, scopes } from './items.ts'
import type { Sabotage } from './sabotage.ts'
import type { Actor, Scheduler, Sent } from './scheduler.ts'
import { sizes } from './sizes.ts'
import { type States, statesOfProcess } from './states.ts'
import { storeOfProcess } from './store-of-process.ts'
import type { Surroundings } from './surroundings.ts'
import { doTask, type TaskTools } from './tasks.ts'
import { warehouseOfProcess } from './warehouse-of-process.ts'

export interface ProcessParts extends Omit<Surroundings, 'turn' | 'sleep' | 'failed' | 'mayLand'> {
  readonly scheduler: Scheduler
  readonly states: States
  readonly projections: readonly Projection[]
  readonly sabotage: Sabotage
  readonly answers: Answers
  /** Resolves when nothing fails any longer and nothing is to come. */
  readonly calm: Promise<void>
  /** Told of what should not have happened. */
  readonly wrong: (why: string) => void
}

/** How long to wait after a failure of `run` before it is tried again, ms. */
const retryMs = 500

/**
 * One life of the real process: the real admission and the real projector on what the world gives them, doing what a server
 * does, until it is told to stop, dies, or cannot start.
 */
export class Process {
  readonly actor: Actor
  /** Resolves when it is no more, however it ended. */
  readonly ended: Promise<void>
  wasKilled = false
  /** It has lived on after the end of all faults, and found everything in order. */
  hasSettled = false
  readonly #parts: ProcessParts
  readonly #around: Surroundings
  readonly #projectorParts: ProjectorParts
  readonly #admission: Admission
  readonly #open: DurableState[] = []
  readonly #requests = new Set<(outcomes: undefined) => void>()
  readonly #stop = new AbortController()
  readonly #interruptions: AbortController[] = []
  readonly #tools: TaskTools
  #projector: Projector | undefined
  #end: () => void = () => {}
  #isOver = false
  /** Something in its surroundings has failed, so that it may fail too. */
  #troubled = false

  constructor(name: string, parts: ProcessParts) {
    const { scheduler, random, faults, sabotage, states } = parts
    this.#parts = parts
    this.actor = scheduler.actor(name)
    this.ended = new Promise((resolve) => {
      this.#end = resolve
    })
    const around: Surroundings = {
      ...parts,
      turn: (what: string, sent?: Sent) => scheduler.turn(this.actor, what, sent),
      sleep: (ms: number, signal?: AbortSignal) => scheduler.sleep(this.actor, ms, signal),
      failed: () => {
        this.#troubled = true
      },
      mayLand: (kind: FaultKind, sent: Sent) => async () => {
        faults.count(kind)
        await sent()
      },
    }
    this.#around = around
    this.#tools = {
      around,
      wrong: parts.wrong,
      mayFail: (what, error) => this.#mayFail(what, error),
      interruption: () => {
        const interruption = new AbortController()
        this.#interruptions.push(interruption)
        return interruption
      },
    }
    const clock = () => scheduler.now
    const store = layered(sabotage.store, storeOfProcess(around), around)
    const warehouse = layered(sabotage.warehouse, warehouseOfProcess(around), around)
    this.#admission = layered(sabotage.admission, createAdmission({ store, clock }), around)
    this.#projectorParts = {
      store,
      warehouse,
      projections: layered(sabotage.projections, parts.projections, around),
      folder: states.folder,
      clock,
      openState: layered(sabotage.openState, statesOfProcess(around, states, this.#open), around, warehouse),
      pause: (ms, signal) => around.sleep(ms, signal),
      breathe: () => (random.chance(0.02) ? around.turn('lets others have their turn') : undefined),
      ...sizes(random),
    }
  }

  /** Whether producers can reach it. */
  get isServing(): boolean {
    return this.#projector !== undefined && !this.#isOver && !this.#stop.signal.aborted
  }

  /** Everything that a life does, from its start to its end. */
  async live(): Promise<void> {
    const { random } = this.#parts
    try {
      this.#projector = await Projector.open(this.#projectorParts, { needsRebuild: random.chance(0.05) })
    } catch (error) {
      this.#mayFail('its start', error)
      return this.#exit()
    }
    const running = this.#run(this.#projector)
    await this.#work(this.#projector)
    this.#stop.abort()
    await running
    await this.#projector.close()
    this.#exit()
  }

  /** Asks it to take items. Resolves with undefined if the connection was lost or the store did not answer. */
  offer(items: readonly Item[]): Promise<readonly Outcome[] | undefined> {
    return new Promise((resolve) => {
      this.#requests.add(resolve)
      void this.#admit(items).then((outcomes) => {
        this.#requests.delete(resolve)
        resolve(outcomes)
      })
    })
  }

  /**
   * Dies here and now. What it had sent off lands, or does not.
   * @param what whose turn it was
   */
  die(what?: string): void {
    const { scheduler, random, network, faults } = this.#parts
    const place = killPlaces.find((one) => what?.startsWith(one))
    if (place !== undefined) faults.count(`process is killed where it ${place}`)
    for (const { what, sent } of scheduler.kill(this.actor)) if (random.chance(0.4)) network.later(what, sent)
    this.wasKilled = true
    this.#exit()
  }

  /** Lets go of everything, when the simulation is over: signals with listeners are kept in memory until they are aborted. */
  release(): void {
    this.#parts.scheduler.kill(this.actor)
    this.#exit()
    this.#stop.abort()
    for (const interruption of this.#interruptions) interruption.abort()
  }

  /** What the system does for a process that is no more: its files are closed, and what it had not committed is gone. */
  #exit(): void {
    this.#isOver = true
    for (const state of this.#open) state.close()
    for (const lost of this.#requests) lost(undefined)
    this.#end()
  }

  async #admit(items: readonly Item[]): Promise<readonly Outcome[] | undefined> {
    await this.#around.turn(`is asked to take ${items.length}`)
    const values = items.map(({ wire }) => ({ tag: 'value', value: wire }) as const)
    const askedAt = this.#parts.scheduler.now
    const answer = await this.#admission.admit(values, { scopes })()
    if (isLeft(answer)) {
      this.#mayFail('an admission', new Error(answer.left.message))
      return undefined
    }
    for (const [index, item] of items.entries()) this.#parts.answers.note(item, answer.right[index], askedAt)
    return answer.right
  }

  /** As a server does: what stops the projection once may pass. */
  async #run(projector: Projector): Promise<void> {
    const { signal } = this.#stop
    while (!signal.aborted) {
      try {
        await projector.run(signal)
      } catch (error) {
        this.#mayFail('the projection', error)
        await this.#around.sleep(retryMs, signal)
      }
    }
  }

  async #work(projector: Projector): Promise<void> {
    const { random, faults, calm } = this.#parts
    for (let tasks = random.between(0, 8); tasks > 0 && !faults.stopped; tasks--) {
      await this.#around.sleep(this.#around.someTime())
      const one = doTask(projector, this.#tools)
      if (random.chance(0.2)) await doTask(projector, this.#tools)
      await one
    }
    if (!faults.stopped && random.chance(0.3)) return
    await calm
    await this.#settle(projector)
  }

  /** When nothing fails any longer: everything asked of it must go well. */
  async #settle(projector: Projector): Promise<void> {
    try {
      await projector.catchUp()
      const { position, differences } = await projector.verify()
      const { log, wrong } = this.#parts
      if (position !== log.head) wrong(`verify stopped at ${position} of ${log.head}`)
      for (const { table, firstPosition } of differences)
        wrong(`verify finds that ${table} differs at ${firstPosition}`)
      this.hasSettled = true
    } catch (error) {
      this.#parts.wrong(`what was asked after all faults failed: ${whyOf(error)}`)
    }
  }

  #mayFail(what: string, error: unknown): void {
    if (this.#troubled || this.#stop.signal.aborted) return
    this.#parts.wrong(`${what} failed, and nothing had: ${whyOf(error)}`)
  }
}

const whyOf = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : String(error))

const layered = <T, R extends unknown[]>(layer: ((value: T, ...rest: R) => T) | undefined, value: T, ...rest: R): T =>
  layer === undefined ? value : layer(value, ...rest)

import type { Warehouse } from '@vouch/warehouse'
import { type DurableState, openState, type StateOptions } from '../state/sqlite-state.ts'

/** What a fault throws. */
export class Fault extends Error {
  override readonly name = 'Fault'
}

/**
 * Doubles around the real parts of a projector that fail at one step. A step is before or after each thing that changes
 * something, counted from 1. With `dies` nothing works from then on, as when a process was killed, and `bury` lets go of
 * what the dead process held; without it that one step alone fails.
 */
export class Faults {
  /** Names of the steps so far. */
  readonly steps: string[] = []
  readonly #failAt: number
  readonly #dies: boolean
  readonly #states: DurableState[] = []
  #dead = false

  constructor(failAt: number = Number.POSITIVE_INFINITY, { dies = true }: { dies?: boolean } = {}) {
    this.#failAt = failAt
    this.#dies = dies
  }

  /** The fault has happened. */
  get happened(): boolean {
    return this.steps.length >= this.#failAt
  }

  /** A real warehouse, faulty. */
  warehouse(real: Warehouse): Warehouse {
    const around =
      <A extends unknown[], R>(name: (...args: A) => string, call: (...args: A) => Promise<R>) =>
      async (...args: A): Promise<R> => {
        this.#step(`before ${name(...args)}`)
        const result = await call(...args)
        this.#step(`after ${name(...args)}`)
        return result
      }
    const alive =
      <A extends unknown[], R>(call: (...args: A) => Promise<R>) =>
      async (...args: A): Promise<R> => {
        this.#assertAlive()
        return call(...args)
      }
    // Side by side they would have no order to count their steps in.
    let insertsBefore: Promise<unknown> = Promise.resolve()
    const insertOne = around((table) => `insert ${table}`, real.insert)
    const insert: Warehouse['insert'] = (...rows) => {
      const own = insertsBefore.then(() => insertOne(...rows))
      insertsBefore = own.catch(() => undefined)
      return own
    }
    return {
      ...real,
      insert,
      publish: around((slot, { position }) => `publish ${slot} ${position}`, real.publish),
      dropGeneration: around((generation) => `drop ${generation}`, real.dropGeneration),
      published: alive(real.published),
      generations: alive(real.generations),
      digest: alive(real.digest),
      rows: alive(real.rows) as Warehouse['rows'],
    }
  }

  /** States whose checkpoints are faulty. */
  readonly openState = (options: StateOptions): DurableState => {
    this.#assertAlive()
    // So little may change that a part of an event is written as soon as it is there.
    const real = openState({ ...options, mostChanges: 1 })
    this.#states.push(real)
    const checkpoint: DurableState['checkpoint'] = async (next, rows) => {
      this.#step(`before checkpoint ${next.position}`)
      await real.checkpoint(next, rows)
      this.#step(`after checkpoint ${next.position}`)
    }
    const relieve: DurableState['relieve'] = async () => {
      this.#step('before relief')
      await real.relieve()
      this.#step('after relief')
    }
    const faulty: Partial<DurableState> = { checkpoint, relieve }
    return new Proxy(real, {
      get: (target, name) => Reflect.get(name in faulty ? faulty : target, name),
    })
  }

  /** What the system does for a process that is no more: its files are closed, and what it had not committed is gone. */
  bury(): void {
    this.#dead = true
    for (const state of this.#states) state.close()
  }

  #step(name: string): void {
    this.#assertAlive()
    this.steps.push(name)
    if (this.steps.length !== this.#failAt) return
    this.#dead = this.#dies
    throw new Fault(name)
  }

  #assertAlive(): void {
    if (this.#dead) throw new Fault('dead')
  }
}

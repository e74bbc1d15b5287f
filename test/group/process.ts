import { mkdirSync } from 'node:fs'
import { Member, type Projection } from '../../packages/projector/src/index.ts'
import { type DurableState, openState } from '../../packages/projector/src/state/sqlite-state.ts'
import type { Random } from '../../packages/testing/src/index.ts'
import { rowsOf, type Warehouse, WarehouseError } from '../../packages/warehouse/src/index.ts'
import type { Actor, Scheduler, Sent } from '../simulation/scheduler.ts'
import type { WarehouseDouble } from '../simulation/warehouse-double.ts'
import type { Coordinator } from './coordinator.ts'
import type { Topic } from './topic.ts'

export interface ProcessParts {
  readonly scheduler: Scheduler
  readonly random: Random
  readonly topic: Topic
  readonly warehouse: WarehouseDouble
  readonly coordinator: Coordinator
  readonly projections: readonly Projection[]
  readonly generation: number
  /** Probability that a call of the warehouse fails. */
  readonly failures: () => number
}

/** One life of a member: the real one, fed by a double of Kafka's client, in several tasks side by side. */
export class MemberProcess {
  readonly actor: Actor
  readonly folder: string
  readonly #parts: ProcessParts
  readonly #open: DurableState[] = []
  readonly #offsets = new Map<number, bigint>()
  #member: Member | undefined
  #heard = 0
  #frozenUntil = 0
  #stopping = false

  constructor(name: string, folder: string, parts: ProcessParts) {
    this.actor = parts.scheduler.actor(name)
    this.folder = folder
    this.#parts = parts
    mkdirSync(folder, { recursive: true })
  }

  get isFrozen(): boolean {
    return this.#frozenUntil > this.#parts.scheduler.steps
  }

  /** As SIGSTOP and, after so many steps, SIGCONT. */
  freeze(steps: number): void {
    this.#frozenUntil = this.#parts.scheduler.steps + steps
  }

  thaw(): void {
    this.#frozenUntil = 0
  }

  stop(): void {
    this.#stopping = true
  }

  /** As SIGKILL. @returns what it had sent off and had no answer to */
  kill(): readonly { readonly sent: Sent }[] {
    const lost = this.#parts.scheduler.kill(this.actor)
    for (const state of this.#open) state.close()
    return lost
  }

  async live(): Promise<void> {
    const { generation, projections, topic, scheduler, random, coordinator } = this.#parts
    const parts = {
      generation,
      partitions: topic.partitions,
      folder: this.folder,
      projections,
      warehouse: this.#warehouse(),
      clock: () => scheduler.now,
      now: () => scheduler.now,
      cacheBytes: 100_000,
      blockRows: random.pick([3, 20, 1000]),
      checkpointAfter: random.pick([4, 30, 1000]),
      breathe: () => (random.chance(0.05) ? this.#turn('lets others have their turn') : undefined),
      openState: (options: Parameters<typeof openState>[0]) => {
        const state = openState({ ...options, mostChanges: 1 })
        this.#open.push(state)
        return state
      },
    }
    while (this.#member === undefined) {
      try {
        this.#member = await Member.join(parts)
      } catch {
        await scheduler.sleep(this.actor, 100)
      }
    }
    coordinator.join(this)
    const reading = Array.from({ length: topic.partitions }, (_, partition) => this.#read(partition))
    await Promise.all([this.#listen(), this.#tick(), ...reading])
    await this.#member.close()
    coordinator.leave(this)
  }

  async #turn(what: string, sent?: Sent): Promise<void> {
    const { scheduler } = this.#parts
    await scheduler.turn(this.actor, what, sent)
    while (this.isFrozen) await scheduler.turn(this.actor, 'is frozen', sent)
  }

  /** Learns of the assignment, some time after it was made. */
  async #listen(): Promise<void> {
    const { coordinator, scheduler, random } = this.#parts
    while (!this.#stopping) {
      await this.#turn('listens to the group')
      if (coordinator.round !== this.#heard) {
        this.#heard = coordinator.round
        const assigned = coordinator.assignedTo(this)
        // Expelled: it joins again.
        if (assigned === undefined) coordinator.join(this)
        else this.#own(assigned)
      }
      await scheduler.sleep(this.actor, random.between(5, 60))
    }
  }

  #own(partitions: readonly number[]): void {
    this.#offsets.clear()
    for (const [partition, offset] of this.#member?.own(partitions) ?? []) this.#offsets.set(partition, offset)
  }

  async #read(partition: number): Promise<void> {
    const { topic, scheduler, random } = this.#parts
    const member = this.#member as Member
    while (!this.#stopping) {
      await this.#turn(`fetches partition ${partition}`)
      const from = this.#offsets.get(partition)
      const records = from === undefined ? [] : topic.read(partition, from, random.between(1, 12))
      const last = records.at(-1)
      if (last === undefined) {
        await scheduler.sleep(this.actor, random.between(5, 40))
        continue
      }
      await this.#turn(`has fetched ${records.length} of partition ${partition}`)
      try {
        await member.take(partition, records)
        // Kafka's client has gone on meanwhile, wherever the group has sent it.
        if (this.#offsets.has(partition)) this.#offsets.set(partition, last.offset + 1n)
      } catch {
        if (this.#offsets.has(partition)) this.#offsets.set(partition, member.from(partition))
        await scheduler.sleep(this.actor, 30)
      }
    }
  }

  async #tick(): Promise<void> {
    const { topic, scheduler, random } = this.#parts
    const member = this.#member as Member
    while (!this.#stopping) {
      await this.#turn('ticks')
      const statement = topic.newest
      if (statement && random.chance(0.8)) member.state(statement)
      try {
        for (const partition of await member.tick()) {
          if (this.#offsets.has(partition)) this.#offsets.set(partition, member.from(partition))
        }
      } catch {
        // It is tried again.
      }
      await scheduler.sleep(this.actor, random.between(10, 80))
    }
  }

  #warehouse(): Warehouse {
    const { warehouse, random, failures } = this.#parts
    const call = async <T>(what: string, done: () => Promise<T>, changes = false): Promise<T> => {
      await this.#turn(what, changes ? async () => void (await done()) : undefined)
      if (random.chance(failures())) throw new WarehouseError('engine', `The simulated warehouse: ${what} fails.`)
      const result = await done()
      await this.#turn(`${what}: done`)
      if (changes && random.chance(failures()))
        throw new WarehouseError('engine', `The simulated warehouse: ${what} fails after it was done.`)
      return result
    }
    const { shared } = warehouse
    return {
      migrate: () => warehouse.migrate(),
      rowSet: () => warehouse.rowSet(),
      insert: (table, generation, rows) => {
        const kept = [...rowsOf(rows)]
        return call(`inserts ${kept.length} rows into ${table}`, () => warehouse.insert(table, generation, kept), true)
      },
      insertAll: (table, generation, sets) => {
        const kept = sets.map((set) => [...rowsOf(set)])
        const rows = kept.reduce((sum, { length }) => sum + length, 0)
        const what = `inserts ${rows} rows into ${table}`
        return call(what, () => warehouse.insertAll(table, generation, kept), true)
      },
      publish: () => Promise.reject(new Error('A member of a group does not publish.')),
      published: (slot) => call('asks for the pointer', () => warehouse.published(slot)),
      shared: {
        raise: (slot, mark) => call(`raises to ${mark.position}`, () => shared.raise(slot, mark), true),
        mark: (generation, marks) => call(`marks ${[...marks].join(' ')}`, () => shared.mark(generation, marks), true),
        marks: (generation) => call('asks for the marks', () => shared.marks(generation)),
        found: (generation, founding) => call('founds', () => shared.found(generation, founding), true),
        founding: (generation) => call('asks for the founding', () => shared.founding(generation)),
        bury: () => Promise.reject(new Error('A member of a group buries nothing.')),
      },
      generations: () => warehouse.generations(),
      dropGeneration: () => Promise.reject(new Error('A member of a group drops nothing.')),
      digest: (table, generation, upTo) => warehouse.digest(table, generation, upTo),
      tables: () => warehouse.tables(),
      rows: () => warehouse.rows(),
      ask: () => warehouse.ask(),
      close: async () => {},
    }
  }
}

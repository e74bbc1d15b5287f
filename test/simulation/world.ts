import { existsSync, mkdirSync, mkdtempSync, rmSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Projection } from '@vouch/projector'
import { type Random, randomFrom } from '@vouch/testing'
import { Answers } from './answers.ts'
import { checkEnding } from './ending.ts'
import { delicacy, Faults } from './faults.ts'
import { Log } from './log.ts'
import { Network } from './network.ts'
import { type Plan, planOf, someTimeAt } from './plan.ts'
import { Process } from './process.ts'
import { type Order, produce } from './producer.ts'
import { Readers } from './readers.ts'
import { Reference } from './reference.ts'
import type { Sabotage } from './sabotage.ts'
import { Scheduler } from './scheduler.ts'
import { States } from './states.ts'
import { Trace } from './trace.ts'
import { versions } from './versions.ts'
import { WarehouseDouble } from './warehouse-double.ts'

const maxSteps = 100_000
/** Where faults are so frequent that nothing gets on, they end here. */
const maxFaultySteps = 8_000
const maxKills = 20

/** Everything in one simulation, and the one who keeps a process running in it. */
export class World {
  readonly trace = new Trace()
  readonly faults: Faults
  readonly scheduler: Scheduler
  readonly answers: Answers
  readonly log = new Log()
  readonly #random: Random
  readonly #network: Network
  readonly #versions: readonly (readonly Projection[])[]
  /** Index of the version that the next process has. */
  #version = 0
  readonly #readers: Readers
  readonly #warehouse: WarehouseDouble
  readonly #folder = mkdtempSync(join(scratch(), 'vouch-simulation-'))
  readonly #states: States
  readonly #sabotage: Sabotage
  readonly #plan: Plan
  readonly #problems: string[] = []
  #becalm: () => void = () => {}
  readonly #calm = new Promise<void>((resolve) => {
    this.#becalm = resolve
  })
  #process: Process | undefined
  readonly #processes: Process[] = []
  #isOver = false

  constructor(seed: number, sabotage: Sabotage) {
    const random = randomFrom(seed)
    this.#random = random
    this.#sabotage = sabotage
    this.#versions = versions.map((projections) => sabotage.folds?.(projections) ?? projections)
    const references = this.#versions.map((projections) => new Reference(projections))
    this.faults = new Faults(random, (kind) => this.trace.note(`    ${kind}`))
    this.#plan = planOf(seed, random, this.faults)
    this.scheduler = new Scheduler({ random, trace: this.trace, from: this.#plan.from, maxSteps })
    this.#network = new Network(this.scheduler, random, () => this.#someTime())
    const wrong = (why: string) => this.#wrong(why)
    this.answers = new Answers(this.log, wrong)
    this.#readers = new Readers(this.log, references, wrong)
    const double = sabotage.double ?? ((files, watcher) => new WarehouseDouble(files, watcher))
    this.#warehouse = double(versions[0]?.map(({ tables }) => tables) ?? [], this.#readers.watcher)
    this.#readers.read(this.#warehouse)
    this.#states = new States(this.#subfolder('states'), this.#subfolder('copies'))
    this.log.watch((event) => {
      for (const reference of references) reference.add(event)
    })
  }

  /** Lives through the seed. @returns why it failed; undefined if all is as it should be */
  async live(): Promise<string | undefined> {
    try {
      void this.#everything().catch((error: Error) => this.#wrong(`the simulation itself failed: ${error.stack}`))
      await this.scheduler.run(() => this.#isOver || this.#problems.length > 0)
    } catch (error) {
      this.#wrong(error instanceof Error ? error.message : String(error))
    } finally {
      rmSync(this.#folder, { recursive: true, force: true })
      for (const process of this.#processes) process.release()
    }
    return this.#problems[0]
  }

  async #everything(): Promise<void> {
    const { scheduler, faults } = this
    const main = scheduler.actor('all')
    const keeping = this.#keepRunning()
    await Promise.all(this.#plan.orders.map((orders, index) => this.#produce(`producer ${index + 1}`, orders)))
    await scheduler.sleep(main, this.#someTime() * 3)
    await scheduler.turn(main, 'no fault happens from here on')
    faults.stop()
    if (this.#random.chance(0.3)) this.#process?.die()
    while (this.#network.underWay > 0) await scheduler.turn(main, 'waits for what is under way')
    this.#becalm()
    await keeping
    checkEnding({
      log: this.log,
      warehouse: this.#warehouse,
      states: this.#states,
      readers: this.#readers,
      answers: this.answers,
      items: this.#plan.orders.flat().map(({ item }) => item),
      wrong: (why) => this.#wrong(why),
    })
    this.#isOver = true
  }

  #produce(name: string, orders: readonly Order[]): Promise<void> {
    const { scheduler, faults } = this
    return produce(scheduler.actor(name), orders, {
      scheduler,
      faults,
      random: this.#random,
      someTime: () => this.#someTime(),
      offer: async (items) => (this.#process?.isServing ? this.#process.offer(items) : undefined),
    })
  }

  /** One process after the other, until one has lived on after the end of all faults. */
  async #keepRunning(): Promise<void> {
    const { scheduler } = this
    const keeper = scheduler.actor('keeper')
    const killRate = this.#random.pick([0, 0.002, 0.005, 0.02])
    let kills = 0
    scheduler.intercept = (actor, what) => {
      if (scheduler.steps > maxFaultySteps) this.faults.stop()
      const process = this.#process
      if (
        process?.actor !== actor ||
        this.faults.stopped ||
        kills >= maxKills ||
        !this.#random.chance(killRate * delicacy(what))
      )
        return false
      kills++
      this.trace.note(`${scheduler.steps} ${actor.name} is killed where it ${what}`)
      process.die(what)
      return true
    }
    for (let number = 1; ; number++) {
      const process = this.#start(`process ${number}`)
      this.#process = process
      this.#processes.push(process)
      process.live().catch((error: Error) => this.#wrong(`${process.actor.name} failed: ${error.stack}`))
      await process.ended
      await scheduler.turn(keeper, `sees that ${process.actor.name} is no more`)
      if (process.hasSettled) return
      if (process.wasKilled) this.#befall()
      await scheduler.sleep(keeper, this.#someTime())
    }
  }

  #start(name: string): Process {
    if (this.faults.happens('another version of the code is started')) {
      this.#version = (this.#version + 1) % this.#versions.length
    }
    this.#readers.version = this.#version
    return new Process(name, {
      scheduler: this.scheduler,
      random: this.#random,
      faults: this.faults,
      network: this.#network,
      log: this.log,
      warehouse: this.#warehouse,
      states: this.#states,
      answers: this.answers,
      projections: this.#versions[this.#version] ?? [],
      sabotage: this.#sabotage,
      calm: this.#calm,
      someTime: () => this.#someTime(),
      wrong: (why) => this.#wrong(why),
    })
  }

  /** What may befall the files of a process that was killed. */
  #befall(): void {
    const { faults } = this
    const states = this.#states
    if (states.hasCopies && faults.happens('power loss takes the state back')) states.goBack()
    const file = this.#random.any(states.files)
    if (file === undefined) return
    if (faults.happens('state is lost')) states.lose(file)
    else if (faults.happens('state is damaged')) states.damage(file)
  }

  #someTime(): number {
    return someTimeAt(this.#plan.paceMs, this.#random)
  }

  #subfolder(name: string): string {
    const path = join(this.#folder, name)
    mkdirSync(path)
    return path
  }

  #wrong(why: string): void {
    this.#problems.push(why)
    this.trace.note(`${this.scheduler.steps} WRONG: ${why}`)
  }
}

/** Memory is quicker than a disk, where the system has a folder in it that is large enough. */
function scratch(): string {
  const memory = '/dev/shm'
  if (!existsSync(memory)) return tmpdir()
  const { bavail, bsize } = statfsSync(memory)
  return bavail * bsize > 2 ** 30 ? memory : tmpdir()
}

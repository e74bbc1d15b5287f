import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { randomFrom } from '../../packages/testing/src/index.ts'
import type { Published } from '../../packages/warehouse/src/index.ts'
import { projections } from '../../projections/all/src/index.ts'
import { Reference } from '../simulation/reference.ts'
import { Scheduler } from '../simulation/scheduler.ts'
import { Trace } from '../simulation/trace.ts'
import { WarehouseDouble } from '../simulation/warehouse-double.ts'
import { Coordinator } from './coordinator.ts'
import { mixedLog, portionsOf } from './log.ts'
import { MemberProcess, type ProcessParts } from './process.ts'
import { Topic } from './topic.ts'

export interface SimulationResult {
  /** Why it failed; undefined if all is as it should be. */
  readonly problem: string | undefined
  readonly trace: readonly string[]
  /** What happened, and how often. */
  readonly counts: Readonly<Record<string, number>>
}

const generation = 3
const maxSteps = 150_000

/**
 * A group of projectors through what befalls one: members come, go, are killed, are frozen and do not know that they were
 * replaced, while the warehouse fails now and then and a relay fills the log.
 */
export async function simulateGroup(seed: number): Promise<SimulationResult> {
  const random = randomFrom(seed)
  const trace = new Trace()
  const folder = mkdtempSync(join(tmpdir(), 'vouch-group-'))
  const scheduler = new Scheduler({ random, trace, from: Date.UTC(2026, 2, 1), maxSteps })
  const counts: Record<string, number> = { kills: 0, freezes: 0, deals: 0, lateWrites: 0, moves: 0 }
  const problems: string[] = []
  const wrong = (why: string) => problems.push(why)

  const log = mixedLog(seed, random.between(3, 6))
  const reference = new Reference(projections)
  for (const event of log) reference.add(event)
  const topic = new Topic(random.between(1, 4))
  const warehouse = new WarehouseDouble(
    projections.map(({ tables }) => tables),
    {
      published: (_slot, mark) => checkShown(mark),
      wrote: (table, _generation, row, before) => {
        if (before !== undefined) wrong(`position ${row.position} of ${table} was written otherwise than before`)
      },
      dropped: () => wrong('a member has dropped a generation'),
    },
  )
  let shown: Published | undefined
  function checkShown(mark: Published): void {
    if (shown && (mark.position < shown.position || mark.generation !== shown.generation))
      wrong(`the pointer went from ${shown.position} to ${mark.position}`)
    if (shown?.position !== mark.position) counts.moves = (counts.moves ?? 0) + 1
    shown = mark
    for (const table of warehouse.tables()) {
      const [is, should] = [
        warehouse.digestNow(table, generation, mark.position),
        reference.digest(table, mark.position),
      ]
      if (is.rows !== should.rows || is.hash !== should.hash)
        wrong(`${table} was shown up to ${mark.position} with ${is.rows} rows of ${should.rows}, or others`)
    }
  }

  const coordinator = new Coordinator(topic.partitions, random)
  let failureRate = random.pick([0, 0.01, 0.05])
  const parts: ProcessParts = {
    scheduler,
    random,
    topic,
    warehouse,
    coordinator,
    projections,
    generation,
    failures: () => failureRate,
  }
  const living = new Set<MemberProcess>()
  let lives = 0
  const begin = (place: string) => {
    const process = new MemberProcess(`${place}.${++lives}`, place, parts)
    living.add(process)
    void process.live().then(
      () => living.delete(process),
      (error: Error) => wrong(`${process.actor.name} ended: ${error.stack}`),
    )
  }
  const places = Array.from({ length: random.between(2, 3) }, (_, index) => join(folder, `member-${index}`))
  for (const place of places) begin(place)

  let isOver = false
  const main = scheduler.actor('world')
  const everything = async () => {
    const relaying = relay()
    await befall(random.between(5, 25))
    await relaying
    failureRate = 0
    for (const process of living) process.thaw()
    trace.note('no fault happens from here on')
    while (shown?.position !== log.at(-1)?.position) await scheduler.sleep(main, 50)
    while (living.size > 0) {
      // Who was killed before begins again only now.
      for (const process of living) process.stop()
      await scheduler.sleep(main, 50)
    }
    isOver = true
  }

  async function relay(): Promise<void> {
    let at = topic.newest
    for (const portion of portionsOf(log, random, 20)) {
      await scheduler.sleep(main, random.between(1, 150))
      if (at !== undefined && random.chance(0.1)) topic.repeat(portion, at)
      topic.publish(portion, BigInt(random.between(0, 2)))
      if (at !== undefined && random.chance(0.1)) topic.repeat(portion, at)
      at = topic.newest
    }
  }

  async function befall(times: number): Promise<void> {
    for (let time = 0; time < times; time++) {
      await scheduler.sleep(main, random.between(10, 150))
      const process = random.any([...living])
      if (process === undefined) continue
      const what = random.pick(['kill', 'kill', 'freeze', 'freeze', 'deal', 'expel'])
      trace.note(`--- ${what} ${process.actor.name}`)
      if (what === 'kill') await kill(process)
      else if (what === 'freeze') {
        counts.freezes = (counts.freezes ?? 0) + 1
        process.freeze(random.between(50, 1500))
        coordinator.leave(process)
      } else if (what === 'expel') coordinator.leave(process)
      else coordinator.deal()
      counts.deals = coordinator.round
    }
  }

  async function kill(process: MemberProcess): Promise<void> {
    counts.kills = (counts.kills ?? 0) + 1
    living.delete(process)
    coordinator.leave(process)
    for (const { sent } of process.kill()) {
      if (random.chance(0.5)) continue
      counts.lateWrites = (counts.lateWrites ?? 0) + 1
      void scheduler.sleep(main, random.between(1, 500)).then(sent)
    }
    if (random.chance(0.2)) rmSync(process.folder, { recursive: true, force: true })
    void scheduler.sleep(main, random.between(1, 200)).then(() => begin(process.folder))
  }

  try {
    void everything().catch((error: Error) => wrong(`the simulation itself failed: ${error.stack}`))
    await scheduler.run(() => isOver || problems.length > 0)
  } catch (error) {
    wrong(error instanceof Error ? error.message : String(error))
  } finally {
    for (const process of living) process.kill()
    rmSync(folder, { recursive: true, force: true })
  }
  return { problem: problems[0], trace: trace.lines, counts }
}

import type { RecordedEvent } from '@vouch/event-store'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { eventually } from '../../services/vouch/src/testing/eventually.ts'
import { mixedLog } from '../group/log.ts'
import { append, logOf, type ProjectorProcess, storeOf, ThroughBench } from './bench.ts'

let bench: ThroughBench
let generation = 0
let watching: () => Promise<readonly string[]> = async () => []
beforeAll(async () => {
  bench = await ThroughBench.open()
})
afterAll(() => bench?.close())
beforeEach(async () => {
  await bench.renewTopics()
  await bench.goLive(++generation)
  watching = bench.watch()
})
afterEach(async () => {
  bench.fail(undefined)
  bench.broker.thaw()
  await bench.stopProjectors()
  await watching()
})

const partitions = 4

/** A log that grows while it is projected. */
class Growing {
  readonly store = storeOf()
  readonly #events: readonly RecordedEvent[]
  #appended = 0

  constructor(seed: number, events: number) {
    this.#events = mixedLog(seed, 24, [8, 40]).slice(0, events)
  }

  async grow(count = this.#events.length - this.#appended): Promise<bigint> {
    await append(this.store, this.#events.slice(this.#appended, this.#appended + count))
    this.#appended += count
    return this.store.head()
  }

  /** The tables are those of one fold of all of it, and the pointer never went back. */
  async expectTables(): Promise<void> {
    const log = await logOf(this.store)
    const head = await this.store.head()
    await bench.shownUpTo(head, generation)
    expect(await bench.digests(generation, head)).toEqual(await bench.expected(log, generation + 100_000))
    expect(await watching()).toEqual([])
  }
}

const owned = async (projector: ProjectorProcess) => (await projector.metric('vouch_projector_partitions')) ?? 0
const spread = (...all: readonly ProjectorProcess[]) =>
  eventually(
    'the partitions are spread',
    async () => {
      const counts = await Promise.all(all.map(owned))
      const sum = counts.reduce((total, count) => total + count, 0)
      if (sum === partitions && Math.max(...counts) - Math.min(...counts) <= 1) return true
      const said = all.map((one) => one.said().trimEnd().split('\n').slice(-4).join('\n'))
      throw new Error(`they own ${counts.join(' and ')}; the last that each said:\n${said.join('\n\n')}`)
    },
    150_000,
  )

describe('projectors', () => {
  it('share programs, take over from who leaves or is killed, and give back to who comes again', async () => {
    const log = new Growing(1, 900)
    bench.relay(log.store, partitions)
    await log.grow(150)
    const one = bench.projector(generation)
    await bench.shownUpTo(150n, generation)
    const other = bench.projector(generation)
    await spread(one, other)
    await bench.shownUpTo(await log.grow(150), generation)
    one.signal('SIGTERM')
    expect(await one.ended).toBe(0)
    await bench.shownUpTo(await log.grow(150), generation)
    const again = bench.projector(generation, one.folder)
    await spread(again, other)
    await log.grow(150)
    other.signal('SIGKILL')
    await other.ended
    await log.grow(150)
    const third = bench.projector(generation, other.folder)
    await spread(again, third)
    await log.grow()
    await log.expectTables()
    // What came back went on from the states that were there: it has not folded the log from its beginning.
    expect(await again.metric('vouch_projector_events_total')).toBeLessThan(900)
  })

  it('that are frozen past their session, in the midst of an insert too, harm nothing when they go on', async () => {
    const log = new Growing(2, 800)
    bench.relay(log.store, partitions)
    const [one, other] = [bench.projector(generation), bench.projector(generation)]
    await spread(one, other)
    await bench.shownUpTo(await log.grow(100), generation)
    for (let round = 0; round < 2; round++) {
      // An insert of either that lands when the other has long done its work.
      let held = 0
      bench.fail(({ statement }) =>
        /INSERT INTO vouch_store\.(attributions|touches|events|marks|published)/.test(statement) && held++ < 4
          ? { delayMs: 6_000 }
          : undefined,
      )
      await log.grow(100)
      await eventually('inserts are held', () => held > 0 || undefined)
      one.signal('SIGSTOP')
      bench.fail(undefined)
      await log.grow(100)
      await eventually('the other has all', async () => (await owned(other)) === partitions || undefined, 60_000)
      await bench.shownUpTo(await log.grow(50), generation)
      one.signal('SIGCONT')
      await log.grow(50)
      await spread(one, other)
    }
    await log.grow()
    await log.expectTables()
    expect((await one.readiness()).status).toBe(200)
  })

  it('go on when the broker was cut off, and when it was silent for longer than a session', async () => {
    const log = new Growing(3, 500)
    bench.relay(log.store, partitions)
    const [one, other] = [bench.projector(generation), bench.projector(generation)]
    await spread(one, other)
    await bench.shownUpTo(await log.grow(100), generation)
    await log.grow(50)
    await bench.broker.kill()
    await log.grow(50)
    await bench.broker.start()
    await bench.shownUpTo(await log.grow(50), generation)
    bench.broker.freeze()
    await log.grow(50)
    await new Promise((resolve) => setTimeout(resolve, 6_000))
    bench.broker.thaw()
    await log.grow()
    await log.expectTables()
    await spread(one, other)
  })

  it('leave a partition that has something they cannot fold, and go on with the others', async () => {
    const log = new Growing(4, 200)
    bench.relay(log.store, partitions)
    const projector = bench.projector(generation)
    await bench.shownUpTo(await log.grow(100), generation)
    const [first] = await logOf(log.store)
    const poison = { ...(first as RecordedEvent), type: 'vouch.unheard.v1', identity: 'poison', stream: 'poison' }
    await append(log.store, [poison])
    const head = await log.grow(50)
    await eventually('it is said', async () => {
      const { status, body } = await projector.readiness()
      return (status === 503 && body.includes('position 101 (vouch.unheard.v1')) || undefined
    })
    await eventually('the others are complete, and what came before it is shown', async () => {
      const marks = [...(await bench.warehouse.shared.marks(generation))]
      const complete = marks.filter(([, mark]) => mark === head)
      const { position } = (await bench.warehouse.published('live')) ?? {}
      return (
        (complete.length === partitions - 1 && position !== undefined && position >= 90n && position <= 100n) ||
        undefined
      )
    })
    expect(await projector.metric('vouch_projector_failures_total')).toBeGreaterThan(0)
  })

  it('make another generation beside the live one, which goes live when it has caught up, and never back', async () => {
    const log = new Growing(6, 200)
    bench.relay(log.store, partitions)
    const old = bench.projector(generation)
    await bench.shownUpTo(await log.grow(100), generation)
    const [before, after] = [generation, ++generation]
    expect(await bench.operate('go-live', after)).toMatchObject({
      code: 1,
      said: expect.stringContaining('is not being made, or is dropped'),
    })
    const next = bench.projector(after)
    await eventually(
      'it has caught up',
      async () => {
        const { code } = await bench.operate('go-live', after)
        return code === 0 || undefined
      },
      60_000,
    )
    await bench.shownUpTo(await log.grow(50), after)
    expect(await bench.operate('go-live', before)).toMatchObject({
      code: 1,
      said: expect.stringContaining('the pointer goes forward alone'),
    })
    expect(await bench.operate('drop', after)).toMatchObject({
      code: 1,
      said: expect.stringContaining('is what readers see'),
    })
    old.signal('SIGTERM')
    await old.ended
    expect(await bench.operate('drop', before)).toMatchObject({ code: 0, said: expect.stringContaining('is dropped') })
    expect(await bench.warehouse.generations()).not.toContain(before)
    await log.grow()
    await log.expectTables()
    expect((await next.readiness()).status).toBe(200)
    const late = bench.projector(before)
    await eventually('it is refused', async () => {
      const { status, body } = await late.readiness()
      return (status === 503 && body.includes('its number is not used again')) || undefined
    })
  })

  it('refuse a generation that other code has begun', async () => {
    const log = new Growing(5, 20)
    bench.relay(log.store, partitions)
    await log.grow()
    await bench.warehouse.shared.found(generation, { madeBy: 'events 0', partitions })
    const projector = bench.projector(generation)
    await eventually('it says why', async () => {
      const { status, body } = await projector.readiness()
      return (status === 503 && body.includes(`Generation ${generation} is made by`)) || undefined
    })
    expect(await owned(projector)).toBe(0)
  })
})

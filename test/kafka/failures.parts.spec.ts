import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { type Admit, type InboundOptions, inboundTopic, rejectedTopic } from '@vouch/messaging'
import { afterEach, describe, expect, it } from 'vitest'
import { eventually } from '../../services/vouch/src/testing/eventually.ts'
import { useKafka } from './bench.ts'
import { click, structured } from './events.ts'
import { type Consuming, consume, type LogBench, newGroup, openLog } from './log.ts'

const kafka = useKafka()
/** How long Kafka waits for a sign of life of a member, ms. */
const sessionTimeoutMs = 1_500

const consuming: Consuming[] = []
const logs: LogBench[] = []
afterEach(async () => {
  kafka().broker.thaw()
  await Promise.all(consuming.splice(0).map(({ inbound }) => inbound.stop(3_000)))
  await Promise.all(logs.splice(0).map((log) => log.close()))
})

const newLog = (dir?: string): LogBench => {
  const log = openLog(dir)
  logs.push(log)
  return log
}

const start = (group: string, admit: Admit, more: Partial<InboundOptions> = {}): Consuming => {
  const one = consume({ brokers: [kafka().broker.address], group, admit, sessionTimeoutMs, ...more })
  consuming.push(one)
  return one
}

/** Clicks of several programs, so that they are spread over partitions. */
const clicks = (name: string, count: number) =>
  Array.from({ length: count }, (_, at) => click(`${name}-${at}`, `program-${at % 7}`))

const send = async (events: readonly ReturnType<typeof click>[]) => {
  for (let at = 0; at < events.length; at += 500)
    await kafka().producer.send({ topic: inboundTopic, messages: events.slice(at, at + 500).map(structured) })
}

const idsOf = async (log: LogBench): Promise<string[]> => (await log.log()).map(({ id }) => id)

/** Each event once, and those of one program in the order in which they were sent. */
async function expectAll(log: LogBench, events: readonly ReturnType<typeof click>[]) {
  const ids = await idsOf(log)
  expect(ids.toSorted()).toEqual(events.map(({ id }) => String(id)).toSorted())
  const order = new Map(events.map(({ id }, at) => [String(id), at]))
  for (let program = 0; program < 7; program++) {
    const places = ids.map((id) => order.get(id) ?? -1).filter((at) => at % 7 === program)
    expect(places).toEqual(places.toSorted((a, b) => a - b))
  }
}

const allIn = (log: LogBench, count: number, deadlineMs = 60_000) =>
  eventually(
    `${count} events are in the log`,
    async () => {
      const head = await log.store.head()
      if (head < BigInt(count)) throw new Error(`there are ${head}; ${consuming.map(({ said }) => said()).join('\n')}`)
      return true
    },
    deadlineMs,
  )

const committedSum = async (group: string): Promise<number> =>
  Object.values(await kafka().committed(group)).reduce((sum, it) => sum + Math.max(it, 0), 0)

/** All that the topic has taken, which is at least so many messages: a producer that got no answer has sent again. */
const allCommitted = (group: string, count: number) =>
  eventually(
    `offsets of ${count} messages are committed`,
    async () => {
      const [committed, all] = [await committedSum(group), await kafka().sent(inboundTopic)]
      if (committed !== all || all < count) throw new Error(`those of ${committed} of ${all} are`)
      return true
    },
    60_000,
  )

const members = async (group: string) => (await kafka().admin.describeGroups([group])).groups[0]?.members ?? []

describe('a consumer that is killed', () => {
  it('when events are durable and their offset is not committed: they are delivered again, and stand in the log once', async () => {
    await kafka().renew({ partitions: 3 })
    const group = newGroup()
    const events = clicks('killed', 100)
    await send(events)
    const dir = mkdtempSync(join(tmpdir(), 'vouch-kafka-killed-'))
    const fixture = join(import.meta.dirname, 'fixtures/dies-before-commit.ts')
    const child = spawn(process.execPath, [fixture, dir, kafka().broker.address, group], { stdio: 'ignore' })
    expect(await once(child, 'exit')).toEqual([null, 'SIGKILL'])

    const log = newLog(dir)
    const before = (await idsOf(log)).length
    expect(before).toBeGreaterThan(0)
    expect(await committedSum(group)).toBe(0)

    const { inbound } = start(group, log.admit)
    await allCommitted(group, 100)
    await expectAll(log, events)
    expect(inbound.standing().outcomes).toEqual({ appended: 100 - before, duplicate: before, conflict: 0, rejected: 0 })
  })
})

describe('a log that is busy', () => {
  it('for longer than Kafka waits for a sign of life: the member stays, nothing is lost, nothing comes twice', async () => {
    await kafka().renew({ partitions: 2 })
    const log = newLog()
    const group = newGroup()
    const events = clicks('busy', 400)
    await send(events)
    const until = performance.now() + 3 * sessionTimeoutMs
    const { inbound } = start(group, async (...offered) =>
      performance.now() < until ? { tag: 'busy', reason: 'wait', retryAfterMs: 1_000 } : log.admit(...offered),
    )
    const [member] = await eventually('it is a member', async () => {
      const all = await members(group)
      return all.length > 0 ? all : undefined
    })
    await allCommitted(group, 400)
    await expectAll(log, events)
    expect((await members(group)).map(({ memberId }) => memberId)).toEqual([member?.memberId])
    const { outcomes, waits } = inbound.standing()
    expect(outcomes).toEqual({ appended: 400, duplicate: 0, conflict: 0, rejected: 0 })
    expect(waits.get('wait')).toBeGreaterThanOrEqual(4)
  })

  it('with one answer for longer than that: the member stays as well', async () => {
    await kafka().renew()
    const log = newLog()
    const group = newGroup()
    await send(clicks('slow', 10))
    start(group, async (...offered) => {
      await pause(2 * sessionTimeoutMs)
      return log.admit(...offered)
    })
    const [member] = await eventually('it is a member', async () => {
      const all = await members(group)
      return all.length > 0 ? all : undefined
    })
    await allCommitted(group, 10)
    expect((await members(group)).map(({ memberId }) => memberId)).toEqual([member?.memberId])
  })

  it('does not keep a consumer from stopping, and what it had is left to others', async () => {
    await kafka().renew()
    const log = newLog()
    const group = newGroup()
    const events = clicks('left', 10)
    await send(events)
    const { inbound } = start(group, async () => ({ tag: 'busy', reason: 'wait', retryAfterMs: 60_000 }))
    await eventually('it waits', () => inbound.standing().waits.get('wait'))
    await inbound.stop(10_000)
    expect(await members(group)).toEqual([])
    expect(await committedSum(group)).toBe(0)
    start(group, log.admit)
    await allCommitted(group, 10)
    await expectAll(log, events)
  })
})

describe('a group that is dealt anew', () => {
  it('in the middle of batches, again and again: each event is in the log once, and in order', async () => {
    await kafka().renew({ partitions: 4 })
    const log = newLog()
    const group = newGroup()
    const events = clicks('dealt', 3_000)
    // Slow enough that batches are under way whenever somebody comes or goes.
    const slow: Admit = async (...offered) => {
      await pause(150)
      return log.admit(...offered)
    }
    start(group, slow)
    await send(events)
    let sawTwo = false
    for (let round = 0; round < 3; round++) {
      await allIn(log, 300 * (round + 1))
      const other = start(group, slow)
      await eventually('two share the partitions', async () => {
        const all = await members(group)
        return all.length === 2 || (await log.store.head()) === 3_000n || undefined
      })
      sawTwo ||= (await members(group)).length === 2
      await other.inbound.stop(5_000)
    }
    await allCommitted(group, 3_000)
    await expectAll(log, events)
    expect(sawTwo).toBe(true)
    expect(consuming[0]?.said()).toMatch(
      /warn the other partitions are read by others of this group .*"own":2,"partitions":4/,
    )
  })
})

describe('what cannot be taken', () => {
  it('holds the offset until its topic has it', async () => {
    await kafka().renew()
    const log = newLog()
    const group = newGroup()
    const { inbound, said } = start(group, log.admit)
    await send([click('first', 'program-0')])
    await allCommitted(group, 1)
    await kafka().admin.deleteTopics({ topics: [rejectedTopic] })
    await kafka().producer.send({ topic: inboundTopic, messages: [{ key: 'k', value: 'no event' }] })
    await send([click('second', 'program-0')])
    await eventually(
      'it says what is missing',
      () => inbound.standing().failure?.includes(rejectedTopic) || undefined,
      60_000,
    )
    expect(said()).toContain(`error reading from Kafka stopped`)
    expect(inbound.standing().failure).toBe(`Kafka has no topic ${rejectedTopic}; create it.`)
    expect(await committedSum(group)).toBe(1)
    await kafka().create(rejectedTopic)
    await eventually('it goes on', async () => (await committedSum(group)) === 3 || undefined, 60_000)
    expect(await idsOf(log)).toEqual(['first', 'second'])
    const rejected = await kafka().messages(rejectedTopic, 1)
    expect(rejected.map(({ value }) => value)).toEqual(['no event'])
    expect(inbound.standing().failure).toBeUndefined()
  })
})

describe('what Kafka deletes', () => {
  /** A group that has read five messages, and reads no more. */
  async function readFiveAndStop() {
    await kafka().renew()
    const log = newLog()
    const group = newGroup()
    const first = start(group, log.admit)
    await send(clicks('read', 5))
    await allCommitted(group, 5)
    await first.inbound.stop(5_000)
    return { log, group }
  }

  it('before it was read is said, and counted', async () => {
    const { log, group } = await readFiveAndStop()
    await send(clicks('deleted', 7))
    const partitions = [{ partition: 0, offset: '12' }]
    await kafka().admin.deleteTopicRecords({ topic: inboundTopic, partitions })
    await send(clicks('after', 3))
    const { inbound, said } = start(group, log.admit)
    await allCommitted(group, 15)
    expect(inbound.standing()).toMatchObject({ lostMessages: 7, outcomes: { appended: 3 } })
    expect(said()).toContain(
      'error Kafka has deleted messages before they were read; keep them for longer {"topic":"vouch.inbound","partition":0,"from":"5","to":"12","messages":7}',
    )
  })

  it('after it was read is no loss', async () => {
    const { log, group } = await readFiveAndStop()
    await kafka().admin.deleteTopicRecords({ topic: inboundTopic, partitions: [{ partition: 0, offset: '5' }] })
    const { inbound } = start(group, log.admit)
    await send(clicks('after', 3))
    await allCommitted(group, 8)
    expect(inbound.standing().lostMessages).toBe(0)
  })
})

describe('a broker that goes', () => {
  it('by a power cut, and comes again under traffic: nothing is lost', async () => {
    await kafka().renew({ partitions: 3 })
    const log = newLog()
    const group = newGroup()
    start(group, log.admit)
    const events = clicks('cut', 600)
    await send(events.slice(0, 200))
    await allIn(log, 100)
    await kafka().broker.kill()
    await kafka().broker.start()
    await send(events.slice(200))
    await allCommitted(group, 600)
    await expectAll(log, events)
  })

  it('silent for longer than the session lasts: it is said, and it goes on where it was', async () => {
    await kafka().renew({ partitions: 3 })
    const log = newLog()
    const group = newGroup()
    const { inbound } = start(group, log.admit)
    const events = clicks('silent', 300)
    await send(events.slice(0, 100))
    await allCommitted(group, 100)
    kafka().broker.freeze()
    await eventually('it is silent', () => inbound.standing().silentMs > 4 * sessionTimeoutMs || undefined)
    kafka().broker.thaw()
    await send(events.slice(100))
    await allCommitted(group, 300)
    await expectAll(log, events)
    expect(inbound.standing().silentMs).toBeLessThan(sessionTimeoutMs)
  })

  it('for ever: it can be stopped all the same', async () => {
    await kafka().renew()
    const log = newLog()
    const { inbound } = start(newGroup(), log.admit)
    await send(clicks('ever', 1))
    await allIn(log, 1)
    kafka().broker.freeze()
    const begun = performance.now()
    await inbound.stop(1_000)
    expect(performance.now() - begun).toBeLessThan(6_000)
  })

  it('and was never there: that is said, and it begins when it comes', async () => {
    await kafka().renew()
    await kafka().broker.kill()
    const log = newLog()
    const { inbound } = start(newGroup(), log.admit)
    await eventually('it is said', () => inbound.standing().failure, 30_000)
    await kafka().broker.start()
    await send(clicks('never', 5))
    await allIn(log, 5)
    expect(inbound.standing().failure).toBeUndefined()
  })
})

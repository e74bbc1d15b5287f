import { logTopic, relayedTopic } from '@vouch/messaging'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { eventually } from '../../services/vouch/src/testing/eventually.ts'
import { mixedLog } from '../group/log.ts'
import { append, logOf, storeOf, ThroughBench } from './bench.ts'
import { readAll } from './read.ts'

let bench: ThroughBench
beforeAll(async () => {
  bench = await ThroughBench.open({ warehouse: false })
})
afterAll(() => bench?.close())
beforeEach(() => bench.renewTopics())

const partitions = 3

async function filled(events = 400) {
  const store = storeOf()
  await append(store, mixedLog(3, 12, [10, 40]).slice(0, events))
  return store
}

const relayed = (relay: ReturnType<ThroughBench['relay']>, position: bigint) =>
  eventually(
    `it is relayed up to ${position}`,
    () => {
      const standing = relay.standing()
      if (standing.position === position && standing.relaying) return standing
      throw new Error(`${standing.position}, ${standing.failure}; ${bench.said.slice(-2000)}`)
    },
    60_000,
  )

/** Each event of the log once, to the last character, in order in its partition, and none before it is missing. */
async function expectLog(store: ReturnType<typeof storeOf>) {
  const log = await logOf(store)
  const read = await readAll(bench.broker.address, logTopic, log.length)
  const byPosition = new Map(log.map((event) => [event.position, event]))
  expect(read.length).toBe(log.length)
  const last = new Map<number, bigint>()
  for (const { partition, event, before } of read) {
    expect(event).toStrictEqual(byPosition.get(event.position))
    expect(before).toBe(last.get(partition) ?? 0n)
    last.set(partition, event.position)
  }
}

describe('the relay', () => {
  it('publishes the log once and in order, goes on live, and where it was when it begins again', async () => {
    const store = await filled()
    const first = bench.relay(store, partitions)
    await relayed(first, 400n)
    await append(store, mixedLog(4, 2, [5, 10]).slice(0, 7))
    await relayed(first, 407n)
    await first.stop(2_000)
    await append(store, mixedLog(5, 2, [5, 10]).slice(0, 5))
    const second = bench.relay(store, partitions)
    const { events } = await relayed(second, 412n)
    expect(events).toBe(5)
    await expectLog(store)
    const { topics } = await bench.admin.fetchTopicMetadata({ topics: [logTopic, relayedTopic] })
    expect(topics.map((it) => [it.name, it.partitions.length]).sort()).toEqual([
      [logTopic, 3],
      [relayedTopic, 1],
    ])
  })

  it('is one at a time: whoever begins later turns the other away, and nothing comes twice', async () => {
    const store = await filled(100)
    const all = [bench.relay(store, partitions), bench.relay(store, partitions), bench.relay(store, partitions)]
    const more = mixedLog(6, 8, [10, 30])
    for (let at = 0; at < 150; at += 15) {
      await append(store, more.slice(at, at + 15))
      await eventually(
        'one of them has it',
        () => all.some((it) => it.standing().position === BigInt(100 + at + 15)) || undefined,
        60_000,
      )
    }
    await expectLog(store)
    expect(all.reduce((sum, it) => sum + it.standing().failures, 0)).toBeGreaterThan(0)
  })

  it('goes on when the broker was cut off, and when it was silent for longer than an answer may take', async () => {
    const store = await filled(100)
    const relay = bench.relay(store, partitions)
    await relayed(relay, 100n)
    const more = mixedLog(7, 8, [10, 30])
    await append(store, more.slice(0, 50))
    await bench.broker.kill()
    await append(store, more.slice(50, 60))
    await bench.broker.start()
    await relayed(relay, 160n)
    await append(store, more.slice(60, 110))
    bench.broker.freeze()
    await append(store, more.slice(110, 120))
    await new Promise((resolve) => setTimeout(resolve, 12_000))
    bench.broker.thaw()
    await relayed(relay, 220n)
    await expectLog(store)
  })

  it('refuses topics that would lose the log, have other partitions, or hold another log', async () => {
    const store = await filled(20)
    const relay = bench.relay(store, partitions)
    await relayed(relay, 20n)
    await relay.stop(2_000)
    const refusal = (one: ReturnType<ThroughBench['relay']>) =>
      eventually('it says why', () => one.standing().failure).finally(() => one.stop(2_000))
    expect(await refusal(bench.relay(store, 5))).toMatch(
      /^Topic vouch\.log has 3 partitions, and VOUCH_LOG_PARTITIONS is 5\. .*set VOUCH_LOG_PARTITIONS to 3/,
    )
    expect(await refusal(bench.relay(await filled(19), partitions))).toMatch(/^Topic vouch\.log holds another log/)
    await bench.admin.alterConfigs({
      validateOnly: false,
      resources: [{ type: 2, name: logTopic, configEntries: [{ name: 'retention.ms', value: '604800000' }] }],
    })
    expect(await refusal(bench.relay(store, partitions))).toMatch(
      /^Topic vouch\.log has retention\.ms=604800000, and must have retention\.ms=-1/,
    )
    await bench.admin.deleteTopics({ topics: [relayedTopic] })
    expect(await refusal(bench.relay(store, partitions))).toMatch(
      /^Kafka has topic vouch\.log and no topic vouch\.relayed/,
    )
  })
})

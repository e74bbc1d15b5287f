import { createRequire } from 'node:module'
import { createGroup, type GroupMember } from '@vouch/messaging'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { eventually } from '../../services/vouch/src/testing/eventually.ts'
import { storeOf, ThroughBench } from './bench.ts'

const load = createRequire(import.meta.url)
const ConsumerGroup = load('kafkajs/src/consumer/consumerGroup.js')
const Broker = load('kafkajs/src/broker/index.js')

let bench: ThroughBench
beforeAll(async () => {
  bench = await ThroughBench.open({ warehouse: false })
  await bench.renewTopics()
})
afterAll(() => bench?.close())
afterEach(() => void vi.restoreAllMocks())

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined, debug: () => undefined }

/** A double: takes what it is given, and keeps nothing. */
const member: GroupMember = {
  own: (partitions) => new Map(partitions.map((partition) => [partition, 0n])),
  from: () => 0n,
  holdings: () => ({ owned: [], held: [] }),
  take: async () => undefined,
  state: () => undefined,
  tick: async () => [],
}

describe('a member that the group has forgotten, and that could not join again at once', () => {
  it('joins anew, where kafkajs alone would read on for ever as nobody', { timeout: 90_000 }, async () => {
    const relay = bench.relay(storeOf(), 2)
    await eventually('there are topics', () => relay.standing().relaying || undefined, 30_000)
    const joined: (readonly number[])[] = []
    const failures: string[] = []
    const group = createGroup({
      brokers: [bench.broker.address],
      group: 'forgotten',
      member: async () => member,
      log: silent,
      sessionTimeoutMs: 1_500,
      onFailure: (reason) => failures.push(reason),
      onJoined: (partitions) => joined.push(partitions),
    })
    group.start()
    await eventually('it has joined', () => joined.length === 1 || undefined, 30_000)
    const forgotten = Object.assign(new Error('The coordinator is not aware of this member'), {
      type: 'UNKNOWN_MEMBER_ID',
    })
    vi.spyOn(Broker.prototype, 'heartbeat').mockRejectedValueOnce(forgotten)
    const join = vi.spyOn(ConsumerGroup.prototype, 'joinAndSync').mockRejectedValueOnce(new Error('not now'))
    await eventually('it has tried to', () => join.mock.calls.length === 1 || undefined)
    await eventually('it has joined anew', () => joined.length === 2 || undefined, 60_000)
    expect(failures).toEqual([expect.stringMatching(/^The group has not answered for \d+ s; it is joined anew\.$/)])
    await group.stop(2_000)
  })
})

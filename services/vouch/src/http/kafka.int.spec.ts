import type { InboundStanding } from '@vouch/messaging'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type HttpBench, openHttpBench } from '../testing/http-bench.ts'

const fine: InboundStanding = {
  silentMs: 250,
  lagMessages: 17,
  outcomes: { appended: 5, duplicate: 1, conflict: 0, rejected: 2 },
  waits: new Map([['wait', 3]]),
  lostMessages: 4,
  failure: undefined,
}
let standing = fine
let http: HttpBench
beforeAll(async () => {
  http = await openHttpBench({ kafka: () => standing })
})
afterAll(() => http.close())

const ready = async () => {
  const answer = await http.get('/readyz')
  return { status: answer.statusCode, ...answer.json<object>() }
}

it('readiness says how far reading from Kafka is', async () => {
  standing = fine
  expect(await ready()).toEqual({
    status: 200,
    ready: true,
    position: 0,
    head: 0,
    lagMs: 0,
    kafka: { silentMs: 250, lagMessages: 17 },
  })
})

it('a group that is dealt anew, or a broker that is restarted, is no reason not to be ready', async () => {
  standing = { ...fine, silentMs: 30_000, failure: 'the broker is gone' }
  expect(await ready()).toMatchObject({ status: 200, ready: true, kafka: { failure: 'the broker is gone' } })
})

it.each([
  ['the broker is gone', 'Kafka: the broker is gone'],
  [undefined, 'Kafka does not answer; see the log of the server'],
])('Kafka that has been silent for long is (%s)', async (failure, reason) => {
  standing = { ...fine, silentMs: 30_001, failure }
  expect(await ready()).toMatchObject({ status: 503, ready: false, position: 0, reason })
})

it('Prometheus is told', async () => {
  standing = fine
  // Asked twice: what was counted is not counted again.
  await http.get('/metrics')
  const lines = (await http.get('/metrics')).body.split('\n')
  expect(lines.filter((line) => line.startsWith('vouch_kafka_'))).toEqual([
    'vouch_kafka_events_total{outcome="appended"} 5',
    'vouch_kafka_events_total{outcome="duplicate"} 1',
    'vouch_kafka_events_total{outcome="conflict"} 0',
    'vouch_kafka_events_total{outcome="rejected"} 2',
    'vouch_kafka_waits_total{reason="wait"} 3',
    'vouch_kafka_lost_messages_total 4',
    'vouch_kafka_lag_messages 17',
    'vouch_kafka_silence_seconds 0.25',
  ])
})

it('where nothing is read from Kafka, nothing is said of it', async () => {
  const other = await openHttpBench({ bench: http.bench })
  expect((await other.get('/readyz')).json()).not.toHaveProperty('kafka')
  expect((await other.get('/metrics')).body).not.toContain('kafka')
  await other.close()
})

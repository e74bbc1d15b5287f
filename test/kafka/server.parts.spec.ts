import { inboundTopic, rejectedTopic } from '@vouch/messaging'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { eventually } from '../../services/vouch/src/testing/eventually.ts'
import { openPlace, type Place } from '../../services/vouch/src/testing/place.ts'
import { type Server, startServer } from '../../services/vouch/src/testing/server.ts'
import { useKafka } from './bench.ts'
import { click, sent, structured } from './events.ts'
import { newGroup } from './log.ts'

const kafka = useKafka()
let place: Place
const servers: Server[] = []

beforeEach(async () => {
  place = await openPlace()
})
afterEach(async () => {
  kafka().broker.thaw()
  await Promise.all(servers.splice(0).map((server) => server.stop()))
  await place.close()
})

async function serve(group: string): Promise<Server> {
  const env = { VOUCH_DATA: place.data, KAFKA_BROKERS: kafka().broker.address, KAFKA_GROUP: group }
  const server = await startServer([], { cwd: place.dir, env })
  servers.push(server)
  return server
}

const metric = async (server: Server, name: string): Promise<number | undefined> => {
  const line = (await (await server.get('/metrics')).text()).split('\n').find((it) => it.startsWith(`${name} `))
  return line === undefined ? undefined : Number(line.slice(name.length + 1))
}

const appended = (server: Server) => metric(server, 'vouch_kafka_events_total{outcome="appended"}')

const committed = async (group: string): Promise<number> =>
  Object.values(await kafka().committed(group)).reduce((sum, it) => sum + Math.max(it, 0), 0)

const members = async (group: string) => (await kafka().admin.describeGroups([group])).groups[0]?.members

async function count(server: Server): Promise<{ events: number; ids: number }> {
  const query = 'SELECT count() AS events, uniqExact(event_id) AS ids FROM events'
  const answer = await server.post('/v1/sql', { query, format: 'JSONEachRow' })
  const { events, ids } = JSON.parse(await answer.text()) as { events: string; ids: string }
  return { events: Number(events), ids: Number(ids) }
}

describe('vouch start with KAFKA_BROKERS', () => {
  it('gives what comes by Kafka the outcomes that HTTP gives, and says how far it is', async () => {
    await kafka().renew({ partitions: 2 })
    const group = newGroup()
    const order = (id: string, value: unknown, currency = 'EUR') =>
      sent('conversion', `evt-${id}`, { conversionId: id, code: 'A', amount: { value, currency } })
    const events = [
      click('c-1'),
      order('o-1', '10.00'),
      order('o-1', '11.00'),
      order('o-2', 10),
      order('o-3', '10.00', 'XYZ'),
      { ...click('c-2'), type: 'vouch.clik.v1' },
      { ...click('c-3'), time: 'yesterday' },
      { ...click('c-4'), time: '2999-01-01T00:00:00Z' },
      { ...click('c-5'), source: undefined },
      sent('click', 'c-6', { code: ' anna10 ', visitorId: '' }),
      sent('signup', 's-1', { customerId: 'k-1', personal: { email: 'nobody@example.com' } }),
      sent('refund', 'r-1', { refundId: 'r-1', conversionId: 'o-9', amount: { value: '1.00', currency: 'EUR' } }),
      sent('code.issued', 'i-1', { advocateId: 'anna', code: 'ANNA10' }),
    ]
    await kafka().producer.send({ topic: inboundTopic, messages: events.map(structured) })
    const server = await serve(group)
    await eventually('all are done', async () => (await committed(group)) === events.length || undefined)

    const answer = (await (await server.post('/v1/events', events)).json()) as {
      results: { outcome: string; error?: { field: string; reason: string } }[]
    }
    const rejected = await kafka().messages(rejectedTopic, 9)
    const byValue = new Map(rejected.map(({ value, headers }) => [value, headers]))
    const outcomes = events.map((event) => {
      const headers = byValue.get(JSON.stringify(event))
      if (headers === undefined) return { outcome: 'taken' }
      const { vouch_outcome: outcome, vouch_field: field, vouch_reason: reason } = headers
      return { outcome, field, reason }
    })
    // What Kafka's senders may not do, the owner of a server without keys may.
    expect(outcomes.pop()).toMatchObject({ outcome: 'rejected', field: 'type' })
    expect(answer.results.pop()?.outcome).toBe('appended')
    const overHttp = answer.results.map(({ outcome, error }) =>
      outcome === 'duplicate' ? { outcome: 'taken' } : { outcome, field: error?.field, reason: error?.reason },
    )
    expect(outcomes).toEqual(overHttp)
    expect(outcomes.filter(({ outcome }) => outcome === 'taken')).toHaveLength(4)

    expect(await metric(server, 'vouch_kafka_events_total{outcome="appended"}')).toBe(4)
    expect(await metric(server, 'vouch_kafka_events_total{outcome="rejected"}')).toBe(8)
    expect(await metric(server, 'vouch_kafka_events_total{outcome="conflict"}')).toBe(1)
    expect(await metric(server, 'vouch_kafka_lag_messages')).toBe(0)
    expect(await metric(server, 'vouch_kafka_silence_seconds')).toBeLessThan(10)
    const ready = (await (await server.get('/readyz')).json()) as { kafka: { silentMs: number } }
    expect(ready).toMatchObject({ ready: true, kafka: { silentMs: expect.any(Number), lagMessages: 0 } })
    const doctor = `ok   Kafka: vouch.inbound has 2 partitions, and 0 messages that the group ${group} has not done\n`
    expect(await place.ok('doctor')).toContain(doctor)
  })

  it('has a doctor who says what is left to be done, and what is wrong, without a server too', async () => {
    await kafka().renew({ partitions: 3 })
    await kafka().producer.send({ topic: inboundTopic, messages: [click('c-1'), click('c-2')].map(structured) })
    const env = { KAFKA_BROKERS: kafka().broker.address, KAFKA_GROUP: newGroup() }
    const asked = () => place.start(['doctor'], { env }).ended
    expect((await asked()).out).toContain(
      `ok   Kafka: vouch.inbound has 3 partitions, and 2 messages that the group ${env.KAFKA_GROUP} has not done\n`,
    )
    await kafka().admin.deleteTopics({ topics: [rejectedTopic] })
    const { code, out } = await asked()
    expect({ code, out }).toEqual({
      code: 1,
      out: expect.stringContaining(`BAD  Kafka: Kafka has no topic ${rejectedTopic}; create it.\n`),
    })
  })

  it('ends the chunk in hand at SIGTERM, commits it and leaves; the next one goes on where it was', async () => {
    await kafka().renew({ partitions: 4 })
    const group = newGroup()
    const all = 20_000
    const events = Array.from({ length: all }, (_, at) => click(`term-${at}`, `program-${at % 11}`))
    for (let at = 0; at < all; at += 1_000)
      await kafka().producer.send({ topic: inboundTopic, messages: events.slice(at, at + 1_000).map(structured) })
    for (let round = 0; round < 4; round++) {
      const from = await committed(group)
      const server = await serve(group)
      await eventually('it is at work', async () => ((await appended(server)) ?? 0) > 0 || undefined)
      expect((await server.stop()).code).toBe(0)
      // It has left: nobody has to wait for its session to end.
      expect(await members(group)).toEqual([])
      expect(await committed(group)).toBeGreaterThan(from)
    }
    const before = await committed(group)
    expect(before).toBeLessThan(all)
    const server = await serve(group)
    await eventually('the tables have all', async () => (await count(server)).events === all || undefined, 60_000)
    expect(await count(server)).toEqual({ events: all, ids: all })
    expect(await appended(server)).toBe(all - before)
    expect(await metric(server, 'vouch_kafka_events_total{outcome="duplicate"}')).toBe(0)
  })

  it('ends at SIGTERM while Kafka gives no answer', async () => {
    await kafka().renew()
    const server = await serve(newGroup())
    await kafka().producer.send({ topic: inboundTopic, messages: [structured(click('c-1'))] })
    await eventually('it has joined', async () => (await appended(server)) === 1 || undefined)
    kafka().broker.freeze()
    const begun = performance.now()
    expect((await server.stop()).code).toBe(0)
    expect(performance.now() - begun).toBeLessThan(15_000)
  })

  it('takes events over HTTP while Kafka is not there, and says what is wrong', async () => {
    await kafka().renew()
    await kafka().admin.deleteTopics({ topics: [rejectedTopic] })
    const server = await serve(newGroup())
    const { results } = (await (await server.post('/v1/events', click('c-1'))).json()) as { results: unknown[] }
    expect(results).toMatchObject([{ outcome: 'appended' }])
    const failure = `Kafka has no topic ${rejectedTopic}; create it.`
    await eventually('it says so', async () => {
      const { kafka } = (await (await server.get('/readyz')).json()) as { kafka: { failure?: string } }
      return kafka.failure === failure || undefined
    })
    expect(server.process.out()).toContain('reading from Kafka stopped')
  })
})

import { inboundTopic, rejectedTopic } from '@vouch/messaging'
import { afterEach, describe, expect, it } from 'vitest'
import { eventually } from '../../services/vouch/src/testing/eventually.ts'
import { testClient, useKafka } from './bench.ts'
import { click, sent, structured } from './events.ts'
import { type Consuming, consume, type LogBench, newGroup, openLog } from './log.ts'

const kafka = useKafka()
const open: { log?: LogBench; consuming?: Consuming } = {}

afterEach(async () => {
  await open.consuming?.inbound.stop(5_000)
  await open.log?.close()
})

/** Consumes into a log of its own until so many messages are done. */
async function consumed(messages: number, { scopes }: { scopes?: readonly ('ingest' | 'admin')[] } = {}) {
  const { broker } = kafka()
  open.log = openLog(undefined, scopes)
  const group = newGroup()
  open.consuming = consume({ brokers: [broker.address], group, admit: open.log.admit })
  const { inbound, said } = open.consuming
  await eventually('all are done', async () => {
    const done = Object.values(await kafka().committed(group)).reduce((sum, it) => sum + Math.max(it, 0), 0)
    if (done < messages) throw new Error(`${done} are, ${said()}`)
    return true
  })
  return { log: await open.log.log(), standing: inbound.standing() }
}

/** Of a rejected message, without where it stood. */
const said = (headers: Readonly<Record<string, string>>) => ({
  outcome: headers.vouch_outcome,
  field: headers.vouch_field,
  reason: headers.vouch_reason,
})

describe('what is sent', () => {
  it('is taken in structured mode, in binary mode, and as plain JSON, in the order of its partition', async () => {
    await kafka().renew()
    const { data, ...attributes } = click('c-2')
    const binary = Object.fromEntries(Object.entries(attributes).map(([name, it]) => [`ce_${name}`, String(it)]))
    await kafka().producer.send({
      topic: inboundTopic,
      messages: [
        structured(click('c-1')),
        {
          key: 'summer',
          value: JSON.stringify(data),
          headers: { ...binary, ce_traceparent: '00-1', 'content-type': 'application/json' },
        },
        { key: 'summer', value: JSON.stringify(click('c-3'), undefined, 2) },
        structured(click('c-1')),
      ],
    })
    const { log, standing } = await consumed(4)
    expect(log.map(({ id, time, data, extensions }) => ({ id, time, data, extensions }))).toEqual(
      ['c-1', 'c-2', 'c-3'].map((id) => ({
        id,
        time: Date.parse('2026-03-01T11:00:00Z'),
        data: '{"code":"ANNA10","programId":"summer","visitorId":"v-1"}',
        extensions: id === 'c-2' ? '{"traceparent":"00-1"}' : undefined,
      })),
    )
    expect(standing.outcomes).toEqual({ appended: 3, duplicate: 1, conflict: 0, rejected: 0 })
    expect(standing.lagMessages).toBe(0)
  })

  it('and cannot be taken goes to the topic of the rejected, as it came, with the reason', async () => {
    await kafka().renew()
    const amount = (value: string) =>
      sent('conversion', 'o-1', { conversionId: 'o-1', code: 'A', amount: { value, currency: 'EUR' } })
    const offered = [
      structured(amount('10.00')),
      structured(amount('11.00')),
      { ...structured(amount('10.001')), headers: { trace: 'x', 'content-type': 'application/cloudevents+json' } },
      structured(amount('12.00')),
    ]
    await kafka().producer.send({ topic: inboundTopic, messages: offered })
    const { log, standing } = await consumed(4)
    expect(log).toHaveLength(1)
    expect(standing.outcomes).toEqual({ appended: 1, duplicate: 0, conflict: 2, rejected: 1 })
    const rejected = await kafka().messages(rejectedTopic, 3)
    const conflict =
      'differs from the event with the same identity conversion:summer:o-1 that the log has at position 1: data.amount.value'
    const place = (offset: number) => ({
      vouch_topic: inboundTopic,
      vouch_partition: '0',
      vouch_offset: String(offset),
    })
    expect(rejected).toEqual([
      {
        ...offered[1],
        headers: {
          ...offered[1]?.headers,
          ...place(1),
          vouch_outcome: 'conflict',
          vouch_field: 'data.amount.value',
          vouch_reason: conflict,
          vouch_position: '1',
        },
      },
      {
        ...offered[2],
        headers: {
          ...offered[2]?.headers,
          ...place(2),
          vouch_outcome: 'rejected',
          vouch_field: 'data.amount.value',
          vouch_reason: '"10.001" has 3 digits after the point, EUR has 2',
        },
      },
      {
        ...offered[3],
        headers: {
          ...offered[3]?.headers,
          ...place(3),
          vouch_outcome: 'conflict',
          vouch_field: 'data.amount.value',
          vouch_reason: conflict,
          vouch_position: '1',
        },
      },
    ])
  })
})

interface Poison {
  readonly key: string | Buffer | null
  readonly value: string | Buffer | null
  readonly headers?: Readonly<Record<string, string | string[]>>
  readonly field: string
  readonly reason: RegExp
}

describe('a message that nothing can be made of', () => {
  const value = JSON.stringify(click('c-1'))
  const cases: readonly Poison[] = [
    { key: 'summer', value: null, field: '', reason: /has no value/ },
    { key: null, value, field: 'key', reason: /is missing; it is the programId/ },
    { key: Buffer.from([0xff]), value, field: 'key', reason: /is not UTF-8/ },
    { key: 'winter', value, field: 'data.programId', reason: /is "summer", and the event was sent to another program/ },
    { key: 'summer', value: '', field: '', reason: /not JSON: at column 1/ },
    { key: 'summer', value: '{"id":', field: '', reason: /not JSON: at column 7/ },
    { key: 'summer', value: `[${value}]`, field: '', reason: /JSON array/ },
    { key: 'summer', value: 'null', field: '', reason: /an event is a JSON object, not null/ },
    { key: 'summer', value: Buffer.from([0x7b, 0xff, 0x7d]), field: '', reason: /byte 1 of the message is not UTF-8/ },
    {
      key: 'summer',
      value,
      headers: { 'content-type': 'application/cloudevents+avro' },
      field: 'content-type',
      reason: /is not read/,
    },
    { key: 'summer', value, headers: { 'content-type': 'text/csv' }, field: 'content-type', reason: /is not read/ },
    { key: 'summer', value, headers: { ce_specversion: '0.3', ce_id: 'c' }, field: 'specversion', reason: /1\.0/ },
    { key: 'summer', value: value.replace('1.0', '2.0'), field: 'specversion', reason: /1\.0/ },
    { key: 'summer', value, headers: { ce_id: ['a', 'b'] }, field: 'ce_id', reason: /is given 2 times/ },
    {
      key: 'summer',
      value: '{}',
      headers: { constructor: 'c', toString: 't', hasOwnProperty: 'h' },
      field: 'specversion',
      reason: /1\.0/,
    },
    { key: 'summer', value: `${'['.repeat(100_000)}`, field: '', reason: /not JSON/ },
  ]

  it('is kept with the reason, and what follows it is taken', async () => {
    await kafka().renew()
    const messages = cases.map(({ key, value, headers }) => ({ key, value, headers: { ...headers } }))
    await kafka().producer.send({ topic: inboundTopic, messages: [...messages, structured(click('last'))] })
    const { log, standing } = await consumed(cases.length + 1)
    expect(log.map(({ id }) => id)).toEqual(['last'])
    expect(standing.outcomes).toEqual({ appended: 1, duplicate: 0, conflict: 0, rejected: cases.length })
    const rejected = await kafka().messages(rejectedTopic, cases.length)
    const byOffset = rejected.toSorted((a, b) => Number(a.headers.vouch_offset) - Number(b.headers.vouch_offset))
    expect(byOffset.map(({ key, value }) => ({ key, value }))).toEqual(
      cases.map(({ key, value }) => ({ key: key?.toString() ?? null, value: value?.toString() ?? null })),
    )
    expect(byOffset.map(({ headers }) => said(headers))).toEqual(
      cases.map(({ field, reason }) => ({ outcome: 'rejected', field, reason: expect.stringMatching(reason) })),
    )
  })

  it('because it is too large is kept without its value, and what follows it is taken', async () => {
    await kafka().renew({ config: { 'max.message.bytes': '8000000' } })
    const large = JSON.stringify({ ...click('c-1'), extra: 'x'.repeat(3_000_000) })
    await kafka().producer.send({
      topic: inboundTopic,
      messages: [{ key: 'summer', value: large, headers: { trace: 'x' } }],
    })
    await kafka().producer.send({ topic: inboundTopic, messages: [structured(click('last'))] })
    const { log } = await consumed(2)
    expect(log.map(({ id }) => id)).toEqual(['last'])
    const [only] = await kafka().messages(rejectedTopic, 1)
    expect(only).toEqual({
      key: 'summer',
      value: null,
      headers: {
        vouch_outcome: 'rejected',
        vouch_field: '',
        vouch_reason: `this message has ${large.length} bytes, more than the 1048576 that one event may have`,
        vouch_topic: inboundTopic,
        vouch_partition: '0',
        vouch_offset: '0',
        vouch_left_out: `the value of ${large.length} bytes is more than the topic takes; it stands where vouch_topic, vouch_partition and vouch_offset say`,
      },
    })
  })

  it('many of which together are more than a topic takes in one go are all kept', async () => {
    await kafka().renew({ config: { 'max.message.bytes': '8000000' } })
    const messages = Array.from({ length: 40 }, (_, at) => ({ key: 'summer', value: `${at}${'x'.repeat(100_000)}` }))
    for (const part of [messages.slice(0, 20), messages.slice(20)])
      await kafka().producer.send({ topic: inboundTopic, messages: part })
    await consumed(40)
    const rejected = await kafka().messages(rejectedTopic, 40)
    expect(rejected.map(({ value }) => value)).toEqual(messages.map(({ value }) => value))
  })
})

describe('what Kafka does to messages', () => {
  it.each(['gzip', 'snappy', 'lz4', 'zstd'])('%s does not keep them from being read', async (compression) => {
    await kafka().renew({ config: { 'compression.type': compression } })
    // More than one block of snappy's.
    const many = Array.from({ length: 500 }, (_, at) => click(`${compression}-${at}`))
    await kafka().producer.send({ topic: inboundTopic, messages: many.map(structured) })
    const { log } = await consumed(500)
    expect(log.map(({ id }) => id)).toEqual(many.map(({ id }) => id))
  })

  it('transactions: what was committed is read, what was given up is not, and nothing is left to be done', async () => {
    await kafka().renew()
    const producer = testClient(kafka().broker.address).producer({
      transactionalId: 't-1',
      maxInFlightRequests: 1,
      idempotent: true,
    })
    await producer.connect()
    for (const [id, ends] of [
      ['given-up', 'abort'],
      ['kept', 'commit'],
    ] as const) {
      const transaction = await producer.transaction()
      await transaction.send({ topic: inboundTopic, messages: [structured(click(id))] })
      await transaction[ends]()
    }
    await producer.disconnect()
    // Each end of a transaction has an offset of its own.
    const { log, standing } = await consumed(4)
    expect(log.map(({ id }) => id)).toEqual(['kept'])
    expect(standing.lagMessages).toBe(0)
  })
})

describe('who may write to the topic', () => {
  const issue = () => structured(sent('code.issued', 'i-1', { advocateId: 'anna', code: 'ANNA10' }))

  it('may append what apps report, and no more', async () => {
    await kafka().renew()
    await kafka().producer.send({ topic: inboundTopic, messages: [issue()] })
    expect((await consumed(1)).log).toEqual([])
    const [only] = await kafka().messages(rejectedTopic, 1)
    expect(said(only?.headers ?? {})).toEqual({
      outcome: 'rejected',
      field: 'type',
      reason: 'vouch.code.issued.v1 needs the scope "admin", and there is only ingest; use a key with that scope',
    })
  })

  it('may do more where that is set', async () => {
    await kafka().renew()
    await kafka().producer.send({ topic: inboundTopic, messages: [issue()] })
    expect((await consumed(1, { scopes: ['ingest', 'admin'] })).log.map(({ id }) => id)).toEqual(['i-1'])
  })
})

import type { AppendScope } from '@vouch/domain'
import { type EventStore, openMemoryStore, type StoreFailure } from '@vouch/event-store'
import { isLeft, left, right } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import {
  click,
  codeIssued,
  conversion,
  incoming,
  logOf,
  noon,
  type Sent,
  share,
  storeThatCounts,
  storeThatFails,
  storeWithRival,
  terms,
} from '../fixtures.ts'
import { unreadable } from '../incoming.ts'
import { parseNdjson } from '../read/ndjson.ts'
import { createAdmission } from './admission.ts'
import type { Outcome } from './outcome.ts'
import { programStream } from './publisher.ts'

const all: ReadonlySet<AppendScope> = new Set(['ingest', 'admin'])

function admission(store: EventStore = openMemoryStore()) {
  const { admit } = createAdmission({ store, clock: () => noon })
  return {
    store,
    admit: async (events: readonly unknown[], scopes = all): Promise<readonly Outcome[]> => {
      const answer = await admit(events.map(incoming), { scopes })()
      if (isLeft(answer)) throw new Error(answer.left.message)
      return answer.right
    },
  }
}

const appended = (id: string, position: bigint): Outcome => ({ outcome: 'appended', id, position })
const duplicate = (id: string, position: bigint): Outcome => ({ outcome: 'duplicate', id, position })
const rejected = (id: string | undefined, field: string, reason: string): Outcome => ({
  outcome: 'rejected',
  id,
  field,
  reason,
})

describe('admit', () => {
  it('appends what is new, in the order given, each fact to a stream of its own', async () => {
    const { store, admit } = admission()
    expect(await admit([click('c-1'), conversion('o-1')])).toEqual([appended('c-1', 1n), appended('evt-o-1', 2n)])
    expect(await logOf(store)).toEqual([
      {
        position: 1n,
        stream: 'event:shop.example:c-1',
        revision: 0n,
        recordedAt: noon,
        identity: 'event:shop.example:c-1',
        contentHash: 'f396277d1b0dc988aa95c8b79de1ffd43e7533bd17229f1b92a3b3c026cb2080',
        type: 'vouch.click.v1',
        programId: 'summer',
        source: 'shop.example',
        id: 'c-1',
        time: noon,
        data: '{"code":"ANNA10","programId":"summer","visitorId":"v-1"}',
        extensions: undefined,
      },
      expect.objectContaining({ position: 2n, stream: 'conversion:summer:o-1', identity: 'conversion:summer:o-1' }),
    ])
  })

  it('keeps extensions, and does not count them as content', async () => {
    const { store, admit } = admission()
    const traced = (trace: string) => ({ ...click('c-1'), traceparent: trace, subject: 'x' })
    expect(await admit([traced('a'), traced('b')])).toEqual([appended('c-1', 1n), duplicate('c-1', 1n)])
    expect((await logOf(store))[0]?.extensions).toBe('{"subject":"x","traceparent":"a"}')
  })

  it('takes an event for its own program alone, where the way in names one', async () => {
    const store = openMemoryStore()
    const { admit } = createAdmission({ store, clock: () => noon })
    const to = (programId: string) => ({ tag: 'value', value: click('c-1'), programId }) as const
    expect(await admit([to('winter'), to('Summer'), to('summer')], { scopes: all })()).toEqual(
      right([
        rejected('c-1', 'data.programId', 'is "summer", and the event was sent to another program; send it to its own'),
        rejected('c-1', 'data.programId', 'is "summer", and the event was sent to another program; send it to its own'),
        appended('c-1', 1n),
      ]),
    )
  })

  it('knows what it has: in another call, in the same batch, under a natural key with another id', async () => {
    const { store, admit } = admission()
    await admit([click('c-1'), conversion('o-1')])
    expect(await admit([click('c-1'), click('c-2'), click('c-2'), conversion('o-1', noon, '49.9', 'again')])).toEqual([
      duplicate('c-1', 1n),
      appended('c-2', 3n),
      duplicate('c-2', 3n),
      duplicate('again', 2n),
    ])
    expect((await logOf(store)).length).toBe(3)
  })

  it('shows a conflict with both events and what differs', async () => {
    const { store, admit } = admission()
    await admit([conversion('o-1')])
    const [outcome] = await admit([conversion('o-1', noon + 1, '50', 'other')])
    const [existing] = await logOf(store)
    expect(outcome).toEqual({
      outcome: 'conflict',
      id: 'other',
      offered: expect.objectContaining({ id: 'other', time: noon + 1, data: expect.stringContaining('"50.00"') }),
      existing,
      fields: ['time', 'data.amount.value'],
    })
    expect((await logOf(store)).length).toBe(1)
  })

  it('finds a conflict within a batch, and between types that share source and id', async () => {
    const { admit } = admission()
    const [first, second, third] = await admit([click('x'), click('x', noon, { visitorId: 'v-2' }), share('x')])
    expect(first).toEqual(appended('x', 1n))
    expect(second).toMatchObject({ outcome: 'conflict', id: 'x', fields: ['data.visitorId'] })
    expect(third).toMatchObject({ outcome: 'conflict', id: 'x', fields: ['type', 'data'] })
  })

  it('makes one append of a batch', async () => {
    const counting = storeThatCounts(openMemoryStore())
    await admission(counting.store).admit([click('1'), 'bad', click('2'), click('3'), conversion('4')])
    expect(counting.calls).toEqual([4])
  })

  it('does not ask the store for nothing', async () => {
    const counting = storeThatCounts(openMemoryStore())
    expect(await admission(counting.store).admit([])).toEqual([])
    expect(await admission(counting.store).admit(['bad'])).toMatchObject([{ outcome: 'rejected' }])
    expect(counting.calls).toEqual([])
  })

  it('passes on what could not be read', async () => {
    const { admit } = createAdmission({ store: openMemoryStore(), clock: () => noon })
    const answer = await admit([unreadable('it is torn', 'data.x'), incoming(click('c-1'))], { scopes: all })()
    expect(answer).toMatchObject({ right: [rejected(undefined, 'data.x', 'it is torn'), appended('c-1', 1n)] })
  })

  it('gives the failure of the store, and no outcome; what is offered again is then known', async () => {
    const failure: StoreFailure = { tag: 'store-full', message: 'The disk is full.' }
    const store = openMemoryStore()
    const failing = createAdmission({ store: storeThatFails(store, 1, failure), clock: () => noon })
    const items = [click('1'), terms('t-1'), click('2')]
    expect(await failing.admit(items.map(incoming), { scopes: all })()).toEqual(left(failure))
    expect(await admission(store).admit(items)).toEqual([duplicate('1', 1n), appended('t-1', 2n), appended('2', 3n)])
  })

  it('gives the failure of a store that is closed, as a value, for terms, too', async () => {
    const store = openMemoryStore()
    await store.close()
    const { admit } = createAdmission({ store, clock: () => noon })
    for (const event of [click('1'), terms('t-1')]) {
      expect(await admit([incoming(event)], { scopes: all })()).toMatchObject({ left: { tag: 'store-closed' } })
    }
  })
})

describe('scopes', () => {
  const lacking = (id: string, type: string, scope: string, has: string) =>
    rejected(id, 'type', `${type} needs the scope "${scope}", and ${has}; use a key with that scope`)

  it('keeps those who may ingest from what needs admin, and tells them', async () => {
    const { admit } = admission()
    expect(await admit([click('1'), codeIssued('2', 'X'), terms('3')], new Set(['ingest'] as const))).toEqual([
      appended('1', 1n),
      lacking('2', 'vouch.code.issued.v1', 'admin', 'there is only ingest'),
      lacking('3', 'vouch.program.published.v1', 'admin', 'there is only ingest'),
    ])
  })

  it('is exact: admin alone does not ingest, and nothing does nothing', async () => {
    const { admit } = admission()
    expect(await admit([click('1'), codeIssued('2', 'X')], new Set(['admin'] as const))).toEqual([
      lacking('1', 'vouch.click.v1', 'ingest', 'there is only admin'),
      appended('2', 1n),
    ])
    expect(await admit([click('3')], new Set())).toEqual([lacking('3', 'vouch.click.v1', 'ingest', 'there is none')])
  })
})

describe('publishing terms', () => {
  const later = { effectiveFrom: '2026-04-01T00:00:00Z' }

  it('makes one version after another in the stream of the program', async () => {
    const { store, admit } = admission()
    expect(await admit([terms('t-1'), terms('t-2', noon, later), terms('o-1', noon, { programId: 'other' })])).toEqual([
      appended('t-1', 1n),
      appended('t-2', 2n),
      appended('o-1', 3n),
    ])
    expect((await logOf(store)).map(({ stream, revision }) => [stream, revision])).toEqual([
      ['program:summer', 0n],
      ['program:summer', 1n],
      ['program:other', 0n],
    ])
  })

  it('changes nothing with terms that equal the version in force, and says where that is', async () => {
    const { store, admit } = admission()
    await admit([click('1'), terms('t-1')])
    expect(await admit([terms('t-2', noon + 5)])).toEqual([duplicate('t-2', 2n)])
    await admit([terms('t-3', noon, later)])
    expect(await admit([terms('t-4', noon + 5, later)])).toEqual([duplicate('t-4', 3n)])
    expect((await logOf(store)).length).toBe(3)
  })

  it('rejects what the terms before it forbid', async () => {
    const { admit } = admission()
    const reason =
      'version 2 cannot take effect at 2026-02-01T00:00:00.000Z, before it is published at 2026-03-01T12:00:00.000Z; only version 1 may'
    expect(
      await admit([terms('t-1'), terms('t-2', noon, { effectiveFrom: '2026-02-01T00:00:00Z' }), click('1')]),
    ).toEqual([appended('t-1', 1n), rejected('t-2', 'data.effectiveFrom', reason), appended('1', 2n)])
  })

  it('knows a publication that it has, whatever has been published since', async () => {
    const { admit } = admission()
    const first = terms('t-1')
    await admit([first, terms('t-2', noon, later)])
    expect(await admit([first])).toEqual([duplicate('t-1', 1n)])
    expect(await admit([{ ...first, data: { ...first.data, holdDays: 7 } }])).toMatchObject([
      { outcome: 'conflict', id: 't-1', fields: ['data.holdDays'] },
    ])
    expect(await admit([click('t-1')])).toMatchObject([{ outcome: 'conflict', id: 't-1', fields: ['type', 'data'] }])
  })

  it('stands in its place among the facts of a batch', async () => {
    const counting = storeThatCounts(openMemoryStore())
    const { store, admit } = admission(counting.store)
    await admit([click('1'), click('2'), terms('t-1'), click('3'), terms('t-2')])
    expect((await logOf(store)).map(({ id }) => id)).toEqual(['1', '2', 't-1', '3'])
    expect(counting.calls).toEqual([2, 1, 1])
  })

  /** Somebody else publishes these terms, one for each try of ours. */
  const rival = (store: EventStore, events: readonly Sent[]) =>
    storeWithRival(
      store,
      programStream('summer'),
      events.map((event) => () => admission(store).admit([event])),
    )

  it('decides again when somebody else was faster', async () => {
    const store = openMemoryStore()
    const ours = admission(rival(store, [terms('theirs')]))
    expect(await ours.admit([terms('ours', noon, later)])).toEqual([appended('ours', 2n)])
    expect((await logOf(store)).map(({ id, revision }) => [id, revision])).toEqual([
      ['theirs', 0n],
      ['ours', 1n],
    ])
  })

  it('is a duplicate when somebody else published the same', async () => {
    const ours = admission(rival(openMemoryStore(), [terms('theirs')]))
    expect(await ours.admit([terms('ours')])).toEqual([duplicate('ours', 1n)])
  })

  it('does not trust what it remembers', async () => {
    const store = openMemoryStore()
    const ours = admission(store)
    await ours.admit([terms('t-1')])
    await admission(store).admit([terms('t-2', noon, later)])
    // What we remember would make this a duplicate of version 1 and nothing else.
    const holds = { ...later, holdDays: 3 }
    expect(await ours.admit([terms('t-3', noon, holds), terms('t-4', noon, later)])).toEqual([
      appended('t-3', 3n),
      appended('t-4', 4n),
    ])
  })

  it('reads of a program only what it has not read', async () => {
    const store = openMemoryStore()
    const from: (bigint | undefined)[] = []
    const readStream: EventStore['readStream'] = (stream, fromRevision) => {
      from.push(fromRevision)
      return store.readStream(stream, fromRevision)
    }
    await admission({ ...store, readStream }).admit([
      terms('t-1'),
      terms('t-2'),
      terms('t-3', noon, later),
      terms('t-4', noon, later),
      terms('o-1', noon, { programId: 'other' }),
    ])
    expect(from).toEqual([0n, 0n, 1n, 1n, 0n])
  })

  it('gives up when somebody else is always faster', async () => {
    const store = openMemoryStore()
    const others = Array.from({ length: 10 }, (_, index) => terms(`r-${index}`, noon, { ...later, holdDays: index }))
    const { admit } = createAdmission({ store: rival(store, others), clock: () => noon })
    expect(await admit([incoming(terms('ours', noon, { ...later, holdDays: 100 }))], { scopes: all })()).toEqual(
      left({
        tag: 'store-unavailable',
        message: 'The terms of summer were published by others 10 times while this was tried; try again.',
      }),
    )
  })
})

describe('bad input', () => {
  const day = 86_400_000
  const amount = (value: unknown, currency: unknown = 'EUR') => ({
    ...conversion('o-1'),
    data: { programId: 'summer', conversionId: 'o-1', customerId: 'c', amount: { value, currency } },
  })
  const without = (field: keyof Sent) => Object.fromEntries(Object.entries(click('e')).filter(([key]) => key !== field))
  const line = (event: unknown) => Buffer.from(`${JSON.stringify(event)}\n`)

  it.each<readonly [string, Buffer, string | undefined, string, string]>([
    ['text', line('x'), undefined, '', 'an event is a JSON object, not the text "x"'],
    ['null', line(null), undefined, '', 'an event is a JSON object, not null'],
    [
      'a list',
      line([click('e')]),
      undefined,
      '',
      'this line is a JSON array; NDJSON is expected, one event a line, each a JSON object',
    ],
    [
      'another version',
      line({ ...click('e'), specversion: '2.0' }),
      'e',
      'specversion',
      'is the text "2.0"; write "1.0"',
    ],
    ['no id', line(without('id')), undefined, 'id', 'is missing; write text'],
    [
      'an id of a wrong type',
      line({ ...click('e'), id: 7 }),
      undefined,
      'id',
      'is the number 7; write it as text, in quotes: "7"',
    ],
    ['an empty id', line({ ...click('e'), id: '' }), '', 'id', 'is empty; write 1 to 500 characters'],
    ['no source', line(without('source')), 'e', 'source', 'is missing; write text'],
    ['no type', line(without('type')), 'e', 'type', 'is missing; write text'],
    [
      'an unknown type',
      line({ ...click('e'), type: 'vouch.clik.v1' }),
      'e',
      'type',
      '"vouch.clik.v1" is not a type of event; did you mean vouch.click.v1?',
    ],
    ['no time', line(without('time')), 'e', 'time', 'is missing; write text'],
    [
      'a time that is none',
      line({ ...click('e'), time: 'yesterday' }),
      'e',
      'time',
      '"yesterday" is not a time; write RFC 3339 with an offset, such as "2026-03-01T12:00:00Z"',
    ],
    [
      'a time a day ahead',
      line(click('e', noon + day)),
      'e',
      'time',
      'is 2026-03-02T12:00:00.000Z, a day or more after now (2026-03-01T12:00:00.000Z); an event is reported once it has happened',
    ],
    ['no data', line(without('data')), 'e', 'data', 'is missing; write an object'],
    ['data of a wrong type', line({ ...click('e'), data: 'x' }), 'e', 'data', 'is the text "x"; write an object'],
    [
      'a missing field',
      line({ ...click('e'), data: { programId: 'summer', code: 'X' } }),
      'e',
      'data.visitorId',
      'is missing; write text',
    ],
    [
      'a field of a wrong type',
      line(click('e', noon, { code: 5 })),
      'e',
      'data.code',
      'is the number 5; write it as text, in quotes: "5"',
    ],
    [
      'money as a number',
      line(amount(49.9)),
      'evt-o-1',
      'data.amount.value',
      'is the number 49.9; write it as text, in quotes: "49.9"',
    ],
    [
      'an unknown currency',
      line(amount('1', 'EUX')),
      'evt-o-1',
      'data.amount.currency',
      '"EUX" is not a currency code of ISO 4217; write one such as EUR',
    ],
    [
      'too many digits',
      line(amount('1.005')),
      'evt-o-1',
      'data.amount.value',
      '"1.005" has 3 digits after the point, EUR has 2',
    ],
    [
      'a negative amount',
      line(amount('-1')),
      'evt-o-1',
      'data.amount.value',
      '"-1" is negative; amounts are zero or above, and what is taken back is an event of its own',
    ],
    [
      'nobody to credit',
      line({
        ...conversion('o-1'),
        data: { programId: 'summer', conversionId: 'o-1', amount: { value: '1', currency: 'EUR' } },
      }),
      'evt-o-1',
      'data',
      'names nobody; give at least one of customerId, visitorId and code',
    ],
    [
      'half a surrogate pair',
      line(click('e', noon, { channel: '\ud800' })),
      'e',
      'data.channel',
      'holds half of a surrogate pair, which is no Unicode character; send well-formed text',
    ],
    [
      'nesting without end',
      line(click('e', noon, { x: JSON.parse('['.repeat(40) + ']'.repeat(40)) })),
      'e',
      `data.x${'[0]'.repeat(30)}`,
      'is nested deeper than 32 levels; write it flatter',
    ],
    [
      'invalid UTF-8',
      Buffer.from([0x7b, 0xff, 0x7d, 0x0a]),
      undefined,
      '',
      'byte 1 of the file, 0xff, is not UTF-8; write the file as UTF-8',
    ],
    [
      'a truncated line',
      Buffer.from('{"id":"e"'),
      undefined,
      '',
      'the file is truncated: it ends without a line break within this line, and this is not JSON: at column 10 there should be "," or "}", not the end',
    ],
    [
      'an oversized line',
      Buffer.from(`{"id":"${'x'.repeat(1 << 20)}"}\n`),
      undefined,
      '',
      'this line has 1048585 bytes, more than the 1048576 that one event may have',
    ],
  ])('%s', async (_what, bytes, id, field, reason) => {
    const { store } = admission()
    const { admit } = createAdmission({ store, clock: () => noon })
    const items = parseNdjson(bytes).map((it) => it.incoming)
    expect(await admit(items, { scopes: all })()).toEqual({ _tag: 'Right', right: [rejected(id, field, reason)] })
    expect(await store.head()).toBe(0n)
  })

  it('takes what looks bad and is not: a time within a day, zero, a byte order mark, CRLF, an empty file', async () => {
    const { admit } = createAdmission({ store: openMemoryStore(), clock: () => noon })
    const lines = [click('1', noon + day - 1), amount('0')].map((event) => JSON.stringify(event))
    const items = parseNdjson(Buffer.from(`\ufeff${lines.join('\r\n')}\r\n`)).map((it) => it.incoming)
    expect(await admit(items, { scopes: all })()).toMatchObject({ right: [appended('1', 1n), appended('evt-o-1', 2n)] })
    expect(parseNdjson(Buffer.alloc(0))).toEqual([])
  })
})

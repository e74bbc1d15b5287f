import { gzipSync } from 'node:zlib'
import type { StoreFailure } from '@vouch/event-store'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createAdmission } from '../admit/admission.ts'
import { click, conversion, logOf, ndjson, noon, type Sent, storeThatFails, terms } from '../fixtures.ts'
import type { ImportProgress } from './options.ts'
import { openWorkspace, type Workspace } from './workspace.ts'

let here: Workspace
beforeEach(async () => {
  here = await openWorkspace()
})
afterEach(() => here.remove())

const report = (counts: Partial<Awaited<ReturnType<Workspace['run']>>>) => ({
  read: 0,
  appended: 0,
  duplicate: 0,
  conflict: 0,
  rejected: 0,
  rejects: null,
  unmapped: 0,
  ...counts,
})

const ids = async ({ store }: Workspace) => (await logOf(store)).map(({ id }) => id)

const hour = 3_600_000

describe('importFiles', () => {
  it('merges all files by time, ties by file and line', async () => {
    await here.write(
      'a.ndjson',
      ndjson([click('a1', noon - hour), click('a2', noon - 3 * hour), click('a3', noon - 2 * hour)]),
    )
    await here.write(
      'b.ndjson',
      ndjson([click('b1', noon - 2 * hour), click('b2', noon - 2 * hour), click('b3', noon - 4 * hour)]),
    )
    expect(await here.run(['a.ndjson', 'b.ndjson'])).toEqual(report({ read: 6, appended: 6 }))
    expect(await ids(here)).toEqual(['b3', 'a2', 'a3', 'b1', 'b2', 'a1'])
  })

  it('takes files as they stand when asked to', async () => {
    await here.write('a.ndjson', ndjson([click('a1', noon - hour), click('a2', noon - 3 * hour)]))
    await here.write('b.ndjson', ndjson([click('b1', noon - 2 * hour)]))
    expect(await here.run(['b.ndjson', 'a.ndjson'], { order: 'file' })).toEqual(report({ read: 3, appended: 3 }))
    expect(await ids(here)).toEqual(['b1', 'a1', 'a2'])
  })

  it.each([
    ['empty', ''],
    ['a byte order mark', '\ufeff'],
    ['blank lines', '\n\n'],
  ])('makes nothing of an empty file: %s', async (_what, content) => {
    await here.write('a.ndjson', content)
    expect(await here.run(['a.ndjson'])).toEqual(report({}))
    expect(await here.names()).toEqual(['a.ndjson'])
  })

  it('reads gzip', async () => {
    await here.write('a.ndjson.gz', gzipSync(ndjson([click('a1')])))
    expect(await here.run(['a.ndjson.gz'])).toEqual(report({ read: 1, appended: 1 }))
  })

  it('finds duplicates and conflicts among its own files', async () => {
    await here.write('a.ndjson', ndjson([conversion('o-1', noon, '1'), conversion('o-1', noon, '1.00', 'again')]))
    await here.write('b.ndjson', ndjson([conversion('o-1', noon, '2', 'other')]))
    expect(await here.run(['a.ndjson', 'b.ndjson'])).toEqual(
      report({ read: 3, appended: 1, duplicate: 1, conflict: 1, rejects: 'rejects.ndjson' }),
    )
  })

  it('writes what is rejected or conflicts to a file, in the order of the input', async () => {
    const old = { ...conversion('o-1', noon - hour), traceparent: 't' }
    await here.write('old.ndjson', `${JSON.stringify(old)}\n`)
    await here.run(['old.ndjson'])
    const other = conversion('o-1', noon, '50', 'other')
    const lines: (string | Buffer)[] = [
      JSON.stringify(click('a1', noon, { code: '' })),
      ` ${JSON.stringify(other)} `,
      Buffer.from([0x7b, 0xff, 0x7d]),
      JSON.stringify(click('a2')),
      '{"specversion":',
    ]
    await here.write(
      'a.ndjson',
      Buffer.concat(lines.flatMap((line, index) => [Buffer.from(line), Buffer.from(index < 4 ? '\r\n' : '')])),
    )
    expect(await here.run(['a.ndjson', 'old.ndjson'])).toEqual(
      report({ read: 6, appended: 1, duplicate: 1, conflict: 1, rejected: 3, rejects: 'rejects.ndjson' }),
    )
    expect(await here.rejects()).toEqual([
      {
        file: 'a.ndjson',
        line: 1,
        outcome: 'rejected',
        id: 'a1',
        field: 'data.code',
        reason: 'is empty; write 1 to 200 characters',
        input: lines[0],
      },
      {
        file: 'a.ndjson',
        line: 2,
        outcome: 'conflict',
        id: 'other',
        field: 'time',
        reason:
          'differs from the event with the same identity conversion:summer:o-1 that the log has at position 1: time, data.amount.value',
        input: lines[1],
        fields: ['time', 'data.amount.value'],
        existing: { position: 1, recordedAt: '2026-03-01T12:00:00.000Z', event: old },
      },
      {
        file: 'a.ndjson',
        line: 3,
        outcome: 'rejected',
        field: '',
        reason: expect.stringMatching(/^byte \d+ of the file, 0xff, is not UTF-8; write the file as UTF-8$/),
        input: '{\ufffd}',
        base64: Buffer.from([0x7b, 0xff, 0x7d]).toString('base64'),
      },
      {
        file: 'a.ndjson',
        line: 5,
        outcome: 'rejected',
        field: '',
        reason:
          'the file is truncated: it ends without a line break within this line, and this is not JSON: at column 16 there should be a value, not the end',
        input: '{"specversion":',
      },
    ])
    expect(await here.names()).toEqual(['a.ndjson', 'old.ndjson', 'rejects.ndjson'])
  })

  it('puts terms where their time is, and decides on them there', async () => {
    await here.write('a.ndjson', ndjson([terms('t-2', noon), click('a1', noon - hour), terms('t-1', noon - 2 * hour)]))
    expect(await here.run(['a.ndjson'])).toEqual(report({ read: 3, appended: 2, duplicate: 1 }))
    expect(await ids(here)).toEqual(['t-1', 'a1'])
  })

  it('keeps to the scopes it is given', async () => {
    await here.write('a.ndjson', ndjson([terms('t-1'), click('a1')]))
    const scopes = new Set(['ingest'] as const)
    expect(await here.run(['a.ndjson'], { scopes })).toMatchObject({ appended: 1, rejected: 1 })
  })

  it('tells how far it is', async () => {
    await here.write('a.ndjson', ndjson([click('a1'), click('a2'), click('a3')]))
    const all: ImportProgress[] = []
    await here.run(['a.ndjson'], { batchSize: 2, onProgress: (progress) => all.push(progress) })
    const bytesTotal = Buffer.byteLength(ndjson([click('a1'), click('a2'), click('a3')]))
    const bytes = { bytesRead: bytesTotal, bytesTotal }
    expect(all).toEqual([
      { phase: 'reading', ...bytes, events: 0, eventsTotal: undefined },
      { phase: 'sorting', ...bytes, events: 0, eventsTotal: 3 },
      { phase: 'appending', ...bytes, events: 0, eventsTotal: 3 },
      { phase: 'appending', ...bytes, events: 2, eventsTotal: 3 },
      { phase: 'appending', ...bytes, events: 3, eventsTotal: 3 },
    ])
  })
})

describe('an import that cannot begin', () => {
  it('names everything that is wrong, and does nothing', async () => {
    await here.write('good.ndjson', ndjson([click('a1')]))
    await here.write('bad.yaml', 'events: []')
    expect(await here.fail(['good.ndjson'], { maps: ['bad.yaml', 'none.yaml'] })).toEqual({
      tag: 'unusable',
      message: 'bad.yaml:1: events: must have at least one event.\nThe mapping none.yaml does not exist.',
      problems: ['bad.yaml:1: events: must have at least one event.', 'The mapping none.yaml does not exist.'],
    })
    const problems = [
      'missing.ndjson does not exist.',
      'rows.csv is CSV; say with --map MAP.yaml how its rows become events.',
    ]
    await here.write('rows.csv', 'a,b\n')
    expect(await here.fail(['good.ndjson', 'missing.ndjson', 'rows.csv'])).toEqual({
      tag: 'unusable',
      message: problems.join('\n'),
      problems,
    })
    expect(await ids(here)).toEqual([])
  })

  it('does not begin what it could not end: packing that breaks off, a folder that is not there', async () => {
    await here.write('a.ndjson', ndjson([click('a1')]))
    await here.write('b.ndjson.gz', gzipSync(ndjson([click('b1')])).subarray(0, 60))
    expect(await here.fail(['a.ndjson', 'b.ndjson.gz'])).toMatchObject({
      tag: 'unusable',
      message: 'b.ndjson.gz is gzip that breaks off before its end; copy it again.',
    })
    expect(await here.fail(['a.ndjson'], { rejectsPath: here.path('none/rejects.ndjson') })).toMatchObject({
      tag: 'unusable',
      message: `The rejects file none/rejects.ndjson cannot be written: none does not exist.`,
    })
    await here.write('a.ndjson', ndjson([click('a1'), click('a2')]))
    expect(await here.fail(['a.ndjson'], { memoryBytes: 1, tmpDir: here.path('none') })).toMatchObject({
      tag: 'unwritable',
      message: expect.stringContaining('Cannot keep temporary data in none: ENOENT'),
      report: report({ read: 2 }),
    })
    expect(await ids(here)).toEqual([])
  })
})

describe('an import that is broken off', () => {
  const events = Array.from({ length: 10 }, (_, index) => click(`a${index}`, noon - index * hour))
  const inOrder = events.map(({ id }) => id).reverse()

  it.each(['reading', 'sorting', 'appending'] as const)(
    'while %s: what is acknowledged stays, and run again it completes',
    async (phase) => {
      await here.write('a.ndjson', `${ndjson(events)}bad\n`)
      const controller = new AbortController()
      const onProgress = (progress: ImportProgress) => {
        if (progress.phase === phase && progress.events === (phase === 'appending' ? 4 : 0)) controller.abort()
      }
      const appended = phase === 'appending' ? 4 : 0
      const read = phase === 'reading' ? 0 : 11
      expect(
        await here.fail(['a.ndjson'], { batchSize: 4, memoryBytes: 100, onProgress, signal: controller.signal }),
      ).toEqual({
        tag: 'aborted',
        message: `Stopped after ${appended} of its events were appended; run the same import again to complete it.`,
        report: report({ read, appended, rejected: read === 0 ? 0 : 1 }),
      })
      expect(await ids(here)).toEqual(inOrder.slice(0, appended))
      expect(await here.names()).toEqual(['a.ndjson'])
      expect(await here.run(['a.ndjson'])).toEqual(
        report({ read: 11, appended: 10 - appended, duplicate: appended, rejected: 1, rejects: 'rejects.ndjson' }),
      )
      expect(await ids(here)).toEqual(inOrder)
    },
  )

  it('by its store', async () => {
    await here.write('a.ndjson', ndjson(events))
    const failure: StoreFailure = { tag: 'store-full', message: 'The disk is full.' }
    const admission = createAdmission({ store: storeThatFails(here.store, 2, failure), clock: () => noon })
    expect(await here.fail(['a.ndjson'], { batchSize: 3, admission })).toEqual({
      tag: 'store',
      message: 'The disk is full. Run the same import again to complete it.',
      failure,
      report: report({ read: 10, appended: 6 }),
    })
    expect(await here.run(['a.ndjson'])).toEqual(report({ read: 10, appended: 4, duplicate: 6 }))
    expect(await ids(here)).toEqual(inOrder)
  })
})

describe('what an import appends', () => {
  const kinds = [
    (n: number, time: number) => click(`c-${n}`, time),
    (n: number, time: number) => conversion(`o-${n}`, time),
    (n: number, time: number): Sent => ({ ...click(`bad-${n}`, time), type: 'nothing' }),
  ]
  const event = fc
    .tuple(fc.constantFrom(...kinds), fc.integer({ min: 0, max: 30 }), fc.integer({ min: 0, max: 50 }))
    .map(([kind, n, minute]) => kind(n, noon - minute * 60_000))

  /** Imports these files into a store of its own; gives its report and what the log then holds, in its order. */
  async function imported(files: readonly (readonly Sent[])[], memoryBytes?: number) {
    const there = await openWorkspace()
    try {
      const names = files.map((_, index) => `${index}.ndjson`)
      for (const [index, events] of files.entries()) await there.write(names[index] as string, ndjson(events))
      const first = await there.run(names, { memoryBytes })
      const log = (await logOf(there.store)).map(({ identity, contentHash, time }) => ({ identity, contentHash, time }))
      return { first, log, again: await there.run(names, { memoryBytes }) }
    } finally {
      await there.remove()
    }
  }

  const sorted = (log: readonly { identity: string }[]) => log.map((it) => JSON.stringify(it)).sort()

  /** Without contradictions: of two that contradict each other, the first wins, and which that is depends on the order. */
  const consistent = fc.uniqueArray(event, { selector: ({ id }) => id, maxLength: 40 })

  it('does not depend on the order of files and lines', async () => {
    await fc.assert(
      fc.asyncProperty(consistent, fc.infiniteStream(fc.nat(2)), async (events, random) => {
        const files: Sent[][] = [[], [], []]
        for (const it of events) files[random.next().value as number]?.unshift(it)
        const [one, other] = [await imported([events]), await imported(files)]
        expect(other.first).toEqual(one.first)
        expect(sorted(other.log)).toEqual(sorted(one.log))
        expect(other.log.map(({ time }) => time)).toEqual(one.log.map(({ time }) => time))
      }),
      { numRuns: 30 },
    )
  })

  it('is the same for a file and its parts, and for any memory', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(event, { maxLength: 40 }),
        fc.nat(40),
        fc.constantFrom(1, 3000, 1e6),
        async (events, cut, memoryBytes) => {
          const whole = await imported([events])
          const parts = await imported([events.slice(0, cut), events.slice(cut)], memoryBytes)
          expect(parts.first).toEqual(whole.first)
          expect(parts.log).toEqual(whole.log)
        },
      ),
      { numRuns: 30 },
    )
  })

  it('is nothing the second time', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 40 }), async (events) => {
        const { first, again } = await imported([events])
        expect(again).toEqual({ ...first, appended: 0, duplicate: first.appended + first.duplicate })
      }),
      { numRuns: 30 },
    )
  })
})

describe('CSV', () => {
  const map = `
files: [sales*.csv]
source: sales
events:
  - type: vouch.click.v1
    when: { kind: { not: '' } }
    id: 'click-{$row}'
    time: '{time}'
    data: { programId: summer, code: '{code}', visitorId: '{who}' }
  - type: vouch.conversion.v1
    when: { kind: sale }
    id: 'sale-{$row}'
    time: '{time}'
    data: { programId: summer, conversionId: '{$row}', visitorId: '{who}', amount: { $money: '{value}', currency: EUR } }`
  const header = 'time,who,kind,code,value'
  const rows = [
    '2026-02-03T00:00:00Z,v-1,view,ANNA,0',
    '2026-02-01T00:00:00Z,v-2,sale,BEN,7.5',
    '2026-02-02T00:00:00Z,v-3,,ANNA,0',
    '2026-02-01T00:00:00Z,v-2,sale,BEN,7.5',
  ]

  beforeEach(async () => {
    await here.write('map.yaml', map)
  })

  it('becomes events through its mapping, beside NDJSON', async () => {
    await here.write('sales.csv', [header, ...rows].join('\n'))
    await here.write('more.ndjson', ndjson([click('c', Date.parse('2026-02-02T00:00:00Z'))]))
    expect(await here.run(['sales.csv', 'more.ndjson'], { maps: ['map.yaml'] })).toEqual(
      report({ read: 6, appended: 6, unmapped: 1 }),
    )
    expect(
      (await logOf(here.store)).map(({ type, time, data }) => [
        type,
        new Date(time).toISOString().slice(8, 10),
        JSON.parse(data).visitorId,
      ]),
    ).toEqual([
      ['vouch.click.v1', '01', 'v-2'],
      ['vouch.conversion.v1', '01', 'v-2'],
      ['vouch.click.v1', '01', 'v-2'],
      ['vouch.conversion.v1', '01', 'v-2'],
      ['vouch.click.v1', '02', 'v-1'],
      ['vouch.click.v1', '03', 'v-1'],
    ])
    expect((await logOf(here.store))[1]?.data).toContain('"amount":{"currency":"EUR","value":"7.50"}')
  })

  it('is what a mapping names, whatever its name, packed or not', async () => {
    await here.write('named.yaml', map.replace('sales*.csv', 'export.txt'))
    await here.write('export.txt.gz', gzipSync([header, rows[0]].join('\n')))
    expect(await here.run(['export.txt.gz'], { maps: ['named.yaml'] })).toEqual(report({ read: 1, appended: 1 }))
  })

  it('is known again when its rows or columns are shuffled', async () => {
    await here.write('sales.csv', [header, ...rows].join('\n'))
    await here.run(['sales.csv'], { maps: ['map.yaml'] })
    const shuffled = [
      'code,time,value,who,kind',
      ...rows.toReversed().map((row) => [3, 0, 4, 1, 2].map((at) => row.split(',')[at]).join(',')),
    ]
    await here.write('sales-again.csv', `\ufeff${shuffled.join('\r\n')}\r\n`)
    expect(await here.run(['sales-again.csv'], { maps: ['map.yaml'] })).toEqual(
      report({ read: 5, duplicate: 5, unmapped: 1 }),
    )
  })

  it('rejects rows, not files', async () => {
    const bad = [
      '2026-02-01T00:00:00Z,v-1,sale,ANNA',
      'noon,v-1,view,ANNA,0',
      '2026-02-01T00:00:00Z,v-9,sale,ANNA,7.505',
      '"x"y,,,,',
    ]
    await here.write('sales.csv', [header, rows[0], ...bad, rows[1], ''].join('\n'))
    expect(await here.run(['sales.csv'], { maps: ['map.yaml'] })).toEqual(
      report({ read: 8, appended: 4, rejected: 4, rejects: 'rejects.ndjson' }),
    )
    const place = (line: number) => ({ file: 'sales.csv', line, outcome: 'rejected', input: bad[line - 3] })
    expect(await here.rejects()).toEqual([
      { ...place(3), field: '', reason: 'this row has 4 columns and the header has 5; quote what holds a delimiter' },
      { ...place(4), field: 'time', reason: '"noon" is no ISO 8601 time, e.g. 2026-03-01T12:00:00Z' },
      {
        ...place(5),
        id: expect.stringMatching(/^sale-[0-9a-f]{32}$/),
        field: 'data.amount.value',
        reason: '"7.505" has 3 digits after the point, EUR has 2',
      },
      {
        ...place(6),
        field: '',
        reason: 'in column 1 there is text after the closing quote; write a quote within a quoted field twice',
      },
    ])
  })

  it('stops before anything is appended where its columns are not those of the mapping', async () => {
    await here.write('more.ndjson', ndjson([click('c')]))
    await here.write('sales.csv', 'time,who,kind,code\n')
    expect(await here.fail(['more.ndjson', 'sales.csv'], { maps: ['map.yaml'] })).toMatchObject({
      tag: 'unusable',
      problems: [
        'map.yaml: events[1].data.amount.$money names the column "value", which sales.csv does not have; it has time, who, kind, code.',
      ],
    })
    expect(await ids(here)).toEqual([])
  })

  it('stops where its header cannot be read, or a quote does not end', async () => {
    await here.write('sales.csv', Buffer.from(`\xff${header}\n`, 'latin1'))
    expect(await here.fail(['sales.csv'], { maps: ['map.yaml'] })).toMatchObject({
      tag: 'unusable',
      message:
        'The header of sales.csv cannot be read: byte 0 of the file, 0xff, is not UTF-8; write the file as UTF-8.',
    })
    await here.write('sales.csv', `${header}\n"${'x\n'.repeat(1 << 20)}`)
    expect(await here.fail(['sales.csv'], { maps: ['map.yaml'] })).toMatchObject({
      tag: 'unusable',
      message:
        'sales.csv cannot be read as CSV: the record that begins on line 2 goes on for more than 1048576 bytes: a quoted field in it is probably not closed.',
    })
  })

  it('makes nothing of an empty file, or of a header alone', async () => {
    await here.write('sales.csv', '')
    await here.write('sales-2.csv', `${header}\n`)
    expect(await here.run(['sales.csv', 'sales-2.csv'], { maps: ['map.yaml'] })).toEqual(report({}))
  })

  it('takes rows that two files share for the same facts', async () => {
    await here.write('sales-1.csv', [header, ...rows].join('\n'))
    await here.write('sales-2.csv', [header, rows[0], rows[1]].join('\n'))
    expect(await here.run(['sales-1.csv', 'sales-2.csv'], { maps: ['map.yaml'] })).toEqual(
      report({ read: 8, appended: 5, duplicate: 3, unmapped: 1 }),
    )
  })
})

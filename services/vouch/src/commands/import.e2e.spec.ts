import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openPlace, type Place, ways } from '../testing/place.ts'
import { advocates, click, conversion, ndjson, refund, story, summerTerms } from '../testing/samples.ts'

const count = (out: string) => JSON.parse(out) as Record<string, unknown>
const none = { read: 0, appended: 0, duplicate: 0, conflict: 0, rejected: 0, rejects: null }

describe.each(ways)('vouch import, $way', ({ served }) => {
  let place: Place
  const events = async (where: string) =>
    (await place.ok('sql', `SELECT count() FROM events WHERE ${where}`, '--format', 'TSV')).trim()
  const rejected = (path: unknown) =>
    place
      .read(String(path).slice(place.dir.length + 1))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)

  beforeAll(async () => {
    place = await openPlace({ served })
    place.write('terms.yaml', summerTerms)
    await place.ok('program', 'publish', 'terms.yaml')
  })
  afterAll(() => place.close())

  it('appends, projects to the end, and takes the same for duplicates', async () => {
    place.write('story.ndjson', ndjson(story))
    expect(await place.ok('import', 'story.ndjson')).toBe(
      '10 read: 10 appended, 0 duplicate, 0 in conflict, 0 rejected.\n',
    )
    expect(
      await place.ok(
        'sql',
        "SELECT advocate_id, sum(amount) FROM attributions WHERE model = 'last-touch' GROUP BY ALL",
      ),
    ).toBe('advocate_id\tsum(amount)\nanna\t65\n')
    // Shuffled, packed, with a byte order mark and CRLF: the same events all the same.
    place.write('shuffled.ndjson.gz', gzipSync(`\ufeff${ndjson([...story].reverse()).replaceAll('\n', '\r\n')}`))
    expect(await place.ok('import', 'shuffled.ndjson.gz', '--json')).toBe(
      '{"read":10,"appended":0,"duplicate":10,"conflict":0,"rejected":0,"rejects":null}\n',
    )
  })

  it('takes an empty file for what it is', async () => {
    place.write('empty.ndjson', '')
    expect(count(await place.ok('import', 'empty.ndjson', '--json'))).toEqual(none)
  })

  it('writes what it cannot append to a file, with the line, the outcome, the reason and the input, and exits with 1', async () => {
    const other = conversion('o-1', '2026-03-03T10:00:00Z', 'k-1', '99.00')
    const lines = [
      JSON.stringify(click('c-20', '2026-03-06T10:00:00Z', 'v-2')),
      '{"specversion":"1.0"',
      JSON.stringify(other),
      JSON.stringify({ ...click('c-21', '2026-03-06T10:00:00Z', 'v-2'), data: { programId: 'summer' } }),
      '',
      JSON.stringify(click('c-22', '2026-03-06T11:00:00Z', 'v-2')),
    ]
    const broken = Buffer.concat([
      Buffer.from('{"id":"c-23\xff"}\n', 'latin1'),
      Buffer.from('{"specversion":"1.0","id":"c-2'),
    ])
    place.write('mixed.ndjson', Buffer.concat([Buffer.from(`${lines.join('\n')}\n`), broken]))
    const { code, out, err } = await place.vouch('import', 'mixed.ndjson', '--json')
    expect(code).toBe(1)
    const { rejects, ...counts } = count(out)
    expect(Object.keys(count(out))).toEqual(['read', 'appended', 'duplicate', 'conflict', 'rejected', 'rejects'])
    expect(counts).toEqual({ read: 7, appended: 2, duplicate: 0, conflict: 1, rejected: 4 })
    expect(err).toBe(
      `4 lines were rejected and 1 is in conflict with the log; each stands in ${rejects} with its reason: mend what is wrong and import it again.\n`,
    )
    const file = place.path('mixed.ndjson')
    const found = rejected(rejects)
    expect(found.map(({ line, outcome, field, file }) => ({ line, outcome, field, file }))).toEqual([
      { line: 2, outcome: 'rejected', field: '', file },
      { line: 3, outcome: 'conflict', field: 'data.amount.value', file },
      { line: 4, outcome: 'rejected', field: 'data.code', file },
      { line: 7, outcome: 'rejected', field: '', file },
      { line: 8, outcome: 'rejected', field: '', file },
    ])
    expect(found.map(({ input }) => input)).toEqual([
      lines[1],
      lines[2],
      lines[3],
      '{"id":"c-23\ufffd"}',
      '{"specversion":"1.0","id":"c-2',
    ])
    expect(found[1]).toMatchObject({ existing: { event: { data: { amount: { value: '100.00' } } } } })
    expect(found[3]).toHaveProperty('base64')
    expect(found[4]?.reason).toMatch(/^the file is truncated: it ends without a line break within this line/)
  })

  it('writes the rejects where it is told to, relative to where the command is typed', async () => {
    place.write('bad.ndjson', '[]\n')
    const { code, out } = await place.vouch('import', 'bad.ndjson', '--rejects', 'mine.ndjson', '--json')
    expect({ code, ...count(out) }).toEqual({
      ...none,
      code: 1,
      read: 1,
      rejected: 1,
      rejects: place.path('mine.ndjson'),
    })
    expect(rejected(place.path('mine.ndjson'))).toHaveLength(1)
  })

  it('merges several files by event time, or takes them as they stand', async () => {
    const early = click('c-30', '2026-03-07T10:00:00Z', 'v-3')
    const late = click('c-31', '2026-03-07T11:00:00Z', 'v-3')
    const middle = click('c-32', '2026-03-07T10:30:00Z', 'v-3')
    place.write('a.ndjson', ndjson([late, early]))
    place.write('b.ndjson', ndjson([middle]))
    await place.ok('import', 'a.ndjson', 'b.ndjson')
    const order =
      "SELECT groupArray(event_id) FROM (SELECT event_id FROM events WHERE data.visitorId = 'v-3' ORDER BY position)"
    expect(await place.ok('sql', order, '--format', 'TSV')).toBe("['c-30','c-32','c-31']\n")

    place.write(
      'a.ndjson',
      ndjson([
        { ...late, id: 'c-41' },
        { ...early, id: 'c-40' },
      ]).replaceAll('v-3', 'v-4'),
    )
    place.write('b.ndjson', ndjson([{ ...middle, id: 'c-42' }]).replaceAll('v-3', 'v-4'))
    await place.ok('import', 'b.ndjson', 'a.ndjson', '--order', 'file')
    expect(await place.ok('sql', order.replace('v-3', 'v-4'), '--format', 'TSV')).toBe("['c-42','c-41','c-40']\n")
  })

  it('reads CSV through a mapping, and says what is missing without one', async () => {
    place.write(
      'orders.csv',
      'order,customer,total,at\n77,k-7,12.50,2026-03-08T10:00:00Z\n78,,x,2026-03-08T10:00:00Z\n',
    )
    expect(await place.vouch('import', 'orders.csv')).toMatchObject({
      code: 2,
      out: '',
      err: `${place.path('orders.csv')} is CSV; say with --map MAP.yaml how its rows become events.\n`,
    })
    place.write(
      'map.yaml',
      `source: shop
events:
  - type: vouch.conversion.v1
    id: "csv-{order}"
    time: "{at}"
    data:
      programId: summer
      conversionId: "csv-{order}"
      customerId: "{customer}"
      amount: { value: "{total}", currency: EUR }
`,
    )
    const { code, out } = await place.vouch('import', 'orders.csv', '--map', 'map.yaml', '--json')
    expect({ code, ...count(out) }).toMatchObject({ code: 1, read: 2, appended: 1, rejected: 1 })
    expect(rejected(count(out).rejects)).toMatchObject([
      { line: 3, outcome: 'rejected', input: '78,,x,2026-03-08T10:00:00Z' },
    ])
    expect(await events("event_id = 'csv-77'")).toBe('1')
  })

  it('stops before anything is appended where a fact is beyond the horizon, unless it is accepted', async () => {
    const now = conversion('o-50', '2026-06-20T10:00:00Z', 'k-50', '10.00')
    const old = click('c-50', '2026-03-01T10:00:00Z', 'v-50')
    place.write('late.ndjson', ndjson([now, old]))
    const { code, out, err } = await place.vouch('import', 'late.ndjson', '--order', 'file', '--json')
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(err).toBe(
      '1 fact would come too late to be taken into account, so nothing was imported. Add --accept-late to keep what is too late as exclusions:\n' +
        `  ${place.path('late.ndjson')}:2 c-50: 111d behind the clock of summer, whose horizon is 90d\n`,
    )
    expect(await events("event_id IN ('order-o-50', 'c-50')")).toBe('0')
    const accepted = await place.ok('import', 'late.ndjson', '--order', 'file', '--accept-late', '--json')
    expect(count(accepted)).toEqual({ ...none, read: 2, appended: 2 })
    expect(await place.ok('sql', "SELECT reason FROM exclusions WHERE event_id = 'c-50'", '--format', 'TSV')).toBe(
      'beyond-horizon\n',
    )
  })

  it('keeps a refund that comes before its order, which then takes effect', async () => {
    const facts = [refund('r-60', '2026-06-21T10:00:00Z', 'o-60', '4.00')]
    place.write('refund.ndjson', ndjson(facts))
    await place.ok('import', 'refund.ndjson')
    place.write('order.ndjson', ndjson([...advocates, conversion('o-60', '2026-06-20T11:00:00Z', 'k-60', '10.00')]))
    expect(count(await place.ok('import', 'order.ndjson', '--json'))).toMatchObject({ appended: 1, duplicate: 4 })
    const net = "SELECT sum(amount) FROM conversions WHERE conversion_id = 'o-60'"
    expect(await place.ok('sql', net, '--format', 'TSV')).toBe('6\n')
  })

  it('reads a pipe, also the one it is given as standard input', async () => {
    place.write('pipe.ndjson', ndjson([click('c-70', '2026-06-21T10:00:00Z', 'v-70')]))
    const first = await place.shell('cat pipe.ndjson | vouch import /dev/stdin --json')
    expect({ ...first, ...count(first.out) }).toMatchObject({ ...none, code: 0, err: '', read: 1, appended: 1 })
    const again = await place.shell('vouch import <(cat pipe.ndjson) --json')
    expect({ ...again, ...count(again.out) }).toMatchObject({ ...none, code: 0, err: '', read: 1, duplicate: 1 })
  })

  it('takes a file that is not there for wrong usage', async () => {
    expect(await place.vouch('import', 'none.ndjson')).toMatchObject({
      code: 2,
      out: '',
      err: `${place.path('none.ndjson')} does not exist.\n`,
    })
  })
})

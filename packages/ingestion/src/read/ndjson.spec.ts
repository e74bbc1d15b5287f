import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ReadItem } from '../incoming.ts'
import { type NdjsonOptions, parseNdjson, readNdjson } from './ndjson.ts'

const value = (line: number, input: string): ReadItem => ({
  line,
  input,
  incoming: { tag: 'value', value: JSON.parse(input) },
})

const bad = (line: number, input: string, reason: string, base64?: string): ReadItem => ({
  line,
  input,
  ...(base64 === undefined ? {} : { base64 }),
  incoming: { tag: 'unreadable', field: '', reason },
})

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1')

async function inPieces(bytes: Buffer, sizes: readonly number[], options?: NdjsonOptions): Promise<ReadItem[]> {
  async function* pieces() {
    let from = 0
    for (let index = 0; from < bytes.length; index++) {
      const size = sizes[index % sizes.length] as number
      yield bytes.subarray(from, from + size)
      from += size
    }
  }
  const items: ReadItem[] = []
  for await (const batch of readNdjson(pieces(), options)) items.push(...batch)
  return items
}

const expected = 'NDJSON is expected, one event a line, each a JSON object'

const table: readonly (readonly [string, Buffer, readonly ReadItem[]])[] = [
  ['an empty file', latin1(''), []],
  ['a file of blank lines', latin1('\n \n\t\r\n\r\n'), []],
  ['one line', latin1('{"a":1}\n'), [value(1, '{"a":1}')]],
  ['a last line without a line break', latin1('{"a":1}\n{"a":2}'), [value(1, '{"a":1}'), value(2, '{"a":2}')]],
  ['CRLF', latin1('{"a":1}\r\n{"a":2}\r\n'), [value(1, '{"a":1}'), value(2, '{"a":2}')]],
  ['blank lines, which count', latin1('\n{"a":1}\n\n  \n{"a":2}\n'), [value(2, '{"a":1}'), value(5, '{"a":2}')]],
  ['blanks around', latin1('  {"a":1} \n'), [value(1, '  {"a":1} ')]],
  ['a byte order mark', Buffer.from('\ufeff{"a":1}\n'), [value(1, '{"a":1}')]],
  ['a byte order mark alone', Buffer.from('\ufeff'), []],
  ['a byte order mark and a blank line', Buffer.from('\ufeff\n{"a":1}'), [value(2, '{"a":1}')]],
  ['duplicate keys, of which the last holds', latin1('{"a":1,"a":2}\n'), [value(1, '{"a":1,"a":2}')]],
  ['what is no object, for others to judge', latin1('"text"\n5\n'), [value(1, '"text"'), value(2, '5')]],
  [
    'a byte order mark within the file',
    Buffer.from('{"a":1}\n\ufeff{"a":2}\n'),
    [
      value(1, '{"a":1}'),
      bad(2, '\ufeff{"a":2}', 'a byte order mark may stand at the start of a file, not within it; remove it'),
    ],
  ],
  [
    'a line that is no JSON',
    latin1('{"a":1}\n{"a":}\n{"a":3}\n'),
    [
      value(1, '{"a":1}'),
      bad(2, '{"a":}', 'this is not JSON: at column 6 there should be a value, not "}"'),
      value(3, '{"a":3}'),
    ],
  ],
  [
    'a truncated last line',
    latin1('{"a":1}\n{"a":"b'),
    [
      value(1, '{"a":1}'),
      bad(
        2,
        '{"a":"b',
        'the file is truncated: it ends without a line break within this line, and this is not JSON: at column 8 there should be the end of the string, a double quote, not the end',
      ),
    ],
  ],
  [
    'a byte that is no UTF-8',
    latin1('{"a":1}\n{"a":"\xff"}\n{"a":3}\n'),
    [
      value(1, '{"a":1}'),
      bad(
        2,
        '{"a":"\ufffd"}',
        'byte 14 of the file, 0xff, is not UTF-8; write the file as UTF-8',
        latin1('{"a":"\xff"}').toString('base64'),
      ),
      value(3, '{"a":3}'),
    ],
  ],
  [
    'a last line truncated within a character',
    latin1('{"a":"\xc3'),
    [
      bad(
        1,
        '{"a":"\ufffd',
        'the file may be truncated within this line: byte 6 of the file, 0xc3, is not UTF-8; write the file as UTF-8',
        latin1('{"a":"\xc3').toString('base64'),
      ),
    ],
  ],
  [
    'offsets behind a byte order mark and CRLF',
    latin1('\xef\xbb\xbf{"a":1}\r\n\xff\n'),
    [
      value(1, '{"a":1}'),
      bad(
        2,
        '\ufffd',
        'byte 12 of the file, 0xff, is not UTF-8; write the file as UTF-8',
        latin1('\xff').toString('base64'),
      ),
    ],
  ],
  [
    'a line of more than 20 bytes',
    latin1('{"a":"0123456789012345"}\n{"a":1}\n'),
    [
      bad(1, '{"a":"01234567890123', 'this line has 24 bytes, more than the 20 that one event may have'),
      value(2, '{"a":1}'),
    ],
  ],
  ['a line of exactly 20 bytes and CRLF', latin1('{"a":"012345678901"}\r\n'), [value(1, '{"a":"012345678901"}')]],
  ['a JSON array on one line', latin1('[{"a":1}]\n'), [bad(1, '[{"a":1}]', `this line is a JSON array; ${expected}`)]],
  [
    'a JSON array too long for a line',
    latin1('[{"a":1},{"a":2},{"a":3}]'),
    [bad(1, '[{"a":1},{"a":2},{"a', `this line has 25 bytes, more than the 20 that one event may have; ${expected}`)],
  ],
  [
    'JSON over several lines',
    latin1('[\n{"a":1},\n]\n'),
    [
      bad(1, '[', `this is not JSON: at column 2 there should be a value, not the end; ${expected}`),
      bad(2, '{"a":1},', 'this is not JSON: at column 8 there should be nothing more, not ","'),
      bad(3, ']', `this is not JSON: at column 1 there should be a value, not "]"; ${expected}`),
    ],
  ],
]

describe('parseNdjson', () => {
  it.each(table)('%s', (_what, bytes, items) => {
    expect(parseNdjson(bytes, { maxLineBytes: 20 })).toEqual(items)
  })

  it('takes a megabyte a line by default', () => {
    const line = (bytes: number) => `"${'x'.repeat(bytes - 2)}"\n`
    const megabyte = 1024 * 1024
    const [fits, tooLong, ...others] = parseNdjson(latin1(line(megabyte) + line(megabyte + 1)))
    expect(fits?.incoming.tag).toBe('value')
    expect(tooLong).toEqual(
      bad(2, `"${'x'.repeat(1023)}`, 'this line has 1048577 bytes, more than the 1048576 that one event may have'),
    )
    expect(others).toEqual([])
  })
})

describe('readNdjson', () => {
  it.each(table)('%s, byte by byte', async (_what, bytes, items) => {
    expect(await inPieces(bytes, [1], { maxLineBytes: 20 })).toEqual(items)
  })

  it('reads the same however the bytes are cut', async () => {
    const line = fc.oneof(
      fc.json().map((text) => Buffer.from(text)),
      fc.string({ unit: 'binary' }).map((text) => Buffer.from(text)),
      fc.uint8Array({ maxLength: 30 }).map((it) => Buffer.from(it)),
    )
    const file = fc
      .tuple(fc.boolean(), fc.array(fc.tuple(line, fc.constantFrom('\n', '\r\n'))), line)
      .map(([bom, lines, last]) =>
        Buffer.concat([latin1(bom ? '\xef\xbb\xbf' : ''), ...lines.flatMap(([it, end]) => [it, latin1(end)]), last]),
      )
    const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 })
    await fc.assert(
      fc.asyncProperty(file, sizes, async (bytes, cuts) => {
        const options = { maxLineBytes: 25 }
        expect(await inPieces(bytes, cuts, options)).toEqual(parseNdjson(bytes, options))
      }),
    )
  })

  it('does not buffer a line that is too long', async () => {
    let given = 0
    async function* endless() {
      const piece = Buffer.alloc(1 << 20, 0x78)
      for (; given < 256; given++) yield piece
    }
    const before = process.memoryUsage().arrayBuffers
    let most = 0
    const items: ReadItem[] = []
    for await (const batch of readNdjson(
      (async function* () {
        for await (const piece of endless()) {
          most = Math.max(most, process.memoryUsage().arrayBuffers - before)
          yield piece
        }
      })(),
    )) {
      items.push(...batch)
    }
    expect(items).toEqual([
      bad(1, 'x'.repeat(1024), 'this line has 268435456 bytes, more than the 1048576 that one event may have'),
    ])
    expect(most).toBeLessThan(64 << 20)
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type CsvOptions, type CsvRecord, readCsv } from './csv.ts'

async function read(bytes: Buffer, pieceBytes: number, options?: CsvOptions): Promise<CsvRecord[]> {
  async function* pieces() {
    for (let from = 0; from < bytes.length; from += pieceBytes) yield bytes.subarray(from, from + pieceBytes)
  }
  const records: CsvRecord[] = []
  for await (const batch of readCsv(pieces(), options)) records.push(...batch)
  return records
}

const row = (line: number, input: string, ...values: string[]): CsvRecord => ({ line, input, content: { values } })
const bad = (line: number, input: string, reason: string, base64?: string): CsvRecord => ({
  line,
  input,
  ...(base64 === undefined ? {} : { base64 }),
  content: { reason },
})

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1')

const table: readonly (readonly [string, Buffer, readonly CsvRecord[]])[] = [
  ['an empty file', latin1(''), []],
  ['a header alone', latin1('a,b\n'), [row(1, 'a,b', 'a', 'b')]],
  ['a last row without a line break', latin1('a,b\n1,2'), [row(1, 'a,b', 'a', 'b'), row(2, '1,2', '1', '2')]],
  ['CRLF', latin1('a,b\r\n1,2\r\n'), [row(1, 'a,b', 'a', 'b'), row(2, '1,2', '1', '2')]],
  [
    'CRLF and LF',
    latin1('a,b\n1,2\r\n3,4\n'),
    [row(1, 'a,b', 'a', 'b'), row(2, '1,2', '1', '2'), row(3, '3,4', '3', '4')],
  ],
  ['a byte order mark', Buffer.from('\ufeffa,b\n1,2\n'), [row(1, 'a,b', 'a', 'b'), row(2, '1,2', '1', '2')]],
  ['blank lines, which count', latin1('a,b\n\n  \n1,2\n'), [row(1, 'a,b', 'a', 'b'), row(4, '1,2', '1', '2')]],
  ['empty values', latin1('a,b\n,\n'), [row(1, 'a,b', 'a', 'b'), row(2, ',', '', '')]],
  ['characters of several bytes', Buffer.from('a,b\nä,€😀\n'), [row(1, 'a,b', 'a', 'b'), row(2, 'ä,€😀', 'ä', '€😀')]],
  [
    'quotes',
    latin1('a,b\n"1,2","say ""hi"""\n"",x\n'),
    [row(1, 'a,b', 'a', 'b'), row(2, '"1,2","say ""hi"""', '1,2', 'say "hi"'), row(3, '"",x', '', 'x')],
  ],
  [
    'line breaks in quotes, which count',
    latin1('a,b\n"1\r\n\n2",3\n4,5\n'),
    [row(1, 'a,b', 'a', 'b'), row(2, '"1\r\n\n2",3', '1\r\n\n2', '3'), row(5, '4,5', '4', '5')],
  ],
  [
    'rows of other lengths, for others to judge',
    latin1('a,b\n1\n1,2,3\n'),
    [row(1, 'a,b', 'a', 'b'), row(2, '1', '1'), row(3, '1,2,3', '1', '2', '3')],
  ],
  [
    'text after a closing quote',
    latin1('a,b\n"1"x,2\n3,4\n'),
    [
      row(1, 'a,b', 'a', 'b'),
      bad(2, '"1"x,2', 'in column 1 there is text after the closing quote; write a quote within a quoted field twice'),
      row(3, '3,4', '3', '4'),
    ],
  ],
  [
    'a quote within an unquoted field',
    latin1('a,b\n1,5" pipe\n3,4\n'),
    [
      row(1, 'a,b', 'a', 'b'),
      bad(
        2,
        '1,5" pipe',
        'in column 2 there is a quote within an unquoted field; put the field in quotes and write that quote twice',
      ),
      row(3, '3,4', '3', '4'),
    ],
  ],
  [
    'a quote that is never closed',
    latin1('a,b\n1,"2\n3,4\n'),
    [
      row(1, 'a,b', 'a', 'b'),
      bad(2, '1,"2\n3,4', 'the file is truncated: it ends within a quoted field of this record'),
    ],
  ],
  [
    'a byte that is no UTF-8',
    latin1('a,b\n1,M\xfcller\n3,4\n'),
    [
      row(1, 'a,b', 'a', 'b'),
      bad(
        2,
        '1,M\ufffdller',
        'byte 7 of the file, 0xfc, is not UTF-8; write the file as UTF-8',
        latin1('1,M\xfcller').toString('base64'),
      ),
      row(3, '3,4', '3', '4'),
    ],
  ],
  [
    'offsets behind a byte order mark',
    latin1('\xef\xbb\xbfa,b\r\n\xff,2\n'),
    [
      row(1, 'a,b', 'a', 'b'),
      bad(
        2,
        '\ufffd,2',
        'byte 8 of the file, 0xff, is not UTF-8; write the file as UTF-8',
        latin1('\xff,2').toString('base64'),
      ),
    ],
  ],
]

describe('readCsv', () => {
  it.each(table)('%s', async (_what, bytes, records) => {
    expect(await read(bytes, 1 << 20)).toEqual(records)
  })

  it.each(table)('%s, byte by byte', async (_what, bytes, records) => {
    expect(await read(bytes, 1)).toEqual(records)
  })

  it('takes another delimiter', async () => {
    expect(await read(latin1('a;b\n1,5;"2;5"\n'), 100, { delimiter: ';' })).toEqual([
      row(1, 'a;b', 'a', 'b'),
      row(2, '1,5;"2;5"', '1,5', '2;5'),
    ])
  })

  it('reads back whatever was written with quotes, however the bytes are cut', async () => {
    const values = fc.array(
      fc.array(fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', '\r', 'ä', ' ') }), {
        minLength: 2,
        maxLength: 3,
      }),
      { minLength: 1 },
    )
    await fc.assert(
      fc.asyncProperty(
        values,
        fc.constantFrom('\n', '\r\n'),
        fc.integer({ min: 1, max: 20 }),
        async (rows, end, pieceBytes) => {
          const text = rows.map((it) => it.map((value) => `"${value.replaceAll('"', '""')}"`).join(',') + end).join('')
          const records = await read(Buffer.from(text), pieceBytes)
          expect(records.map(({ content }) => content)).toEqual(rows.map((it) => ({ values: it })))
        },
      ),
    )
  })

  it('stops where a quoted field has no end, since all that follows cannot be told apart', async () => {
    const text = `a,b\n1,"2\n${'3,4\n'.repeat(100)}`
    const reason =
      'the record that begins on line 2 goes on for more than 50 bytes: a quoted field in it is probably not closed'
    await expect(read(latin1(text), 16, { maxRecordBytes: 50 })).rejects.toMatchObject({
      name: 'UnusableCsv',
      message: reason,
    })
  })

  it('stops at a record that has no end', async () => {
    const reason = 'the record on line 2 is longer than the 50 bytes that one may have'
    await expect(read(latin1(`a,b\n${'x'.repeat(100)}`), 16, { maxRecordBytes: 50 })).rejects.toMatchObject({
      name: 'UnusableCsv',
      message: reason,
    })
  })

  it('hands on what the bytes throw', async () => {
    const broken = (async function* () {
      yield latin1('a,b\n')
      throw new Error('the disk is gone')
    })()
    const drained = (async () => {
      for await (const _ of readCsv(broken));
    })()
    await expect(drained).rejects.toThrow('the disk is gone')
  })
})

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openPlace, type Place, ways } from '../testing/place.ts'

describe.each(ways)('vouch sql, $way', ({ served }) => {
  let place: Place
  beforeAll(async () => {
    place = await openPlace({ served })
  })
  afterAll(() => place.close())

  it('answers in a format asked for, with values given', async () => {
    const query = 'SELECT {n:UInt8} + 1 AS n, {t:String} AS t'
    expect(await place.ok('sql', query, '--param', 'n=41', '--param', 't=a = b', '--format', 'JSONEachRow')).toBe(
      '{"n":42,"t":"a = b"}\n',
    )
    expect(await place.ok('sql', 'SELECT 1 AS a')).toBe('a\n1\n')
  })

  it('hands binary formats on as they are, and large answers as they come', async () => {
    const { code, bytes } = await place.vouch('sql', 'SELECT number FROM numbers(100000)', '--format', 'Parquet')
    expect(code).toBe(0)
    expect([bytes.subarray(0, 4), bytes.subarray(-4)].map(String)).toEqual(['PAR1', 'PAR1'])
    const binary = await place.vouch('sql', 'SELECT number FROM numbers(2000000)', '--format', 'RowBinary')
    expect(binary.bytes.length).toBe(16_000_000)
    expect(binary.bytes.readBigUInt64LE(8 * 1_234_567)).toBe(1_234_567n)
  })

  it('is done when its reader has seen enough', async () => {
    // With pipefail, the shell gives the failure of any of the two.
    const line = "vouch sql 'SELECT number FROM numbers(1000000000)' --format TSV | head -n 2"
    expect(await place.shell(line)).toMatchObject({ code: 0, out: '0\n1\n', err: '' })
  })

  it('says that it could not write', async () => {
    expect(await place.shell("vouch sql 'SELECT number FROM numbers(100000)' > /dev/full")).toMatchObject({
      code: 1,
      err: 'The output could not be written (ENOSPC: no space left on device, write); make room for it, or write it somewhere else.\n',
    })
  })

  it('refuses what does more than read, and says what is wrong with a query', async () => {
    const refused = await place.vouch('sql', 'DROP TABLE events')
    expect(refused).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringMatching(/^Only reading is allowed; ask with/),
    })
    const failed = await place.vouch('sql', 'SELECT nope FROM touches')
    expect(failed).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringMatching(/^Unknown expression identifier `nope`/),
    })
  })
})

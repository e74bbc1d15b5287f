import { left, right } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { timeReader } from './time.ts'

function read(text: string, format?: string, timezone?: string): unknown {
  const reader = timeReader(format, timezone)
  return reader._tag === 'Left' ? reader : reader.right(text)
}

describe('timeReader', () => {
  it.each([
    // ISO 8601
    ['2026-03-01T12:00:00Z', undefined, undefined, '2026-03-01T12:00:00.000Z'],
    ['2026-03-01T12:00:00.123456Z', undefined, undefined, '2026-03-01T12:00:00.123Z'],
    ['2026-03-01T12:00:00,5Z', undefined, undefined, '2026-03-01T12:00:00.500Z'],
    ['2026-03-01 12:00:00+02:00', undefined, undefined, '2026-03-01T10:00:00.000Z'],
    ['2026-03-01 12:00:00 +0530', undefined, undefined, '2026-03-01T06:30:00.000Z'],
    ['2026-03-01t12:00z', undefined, undefined, '2026-03-01T12:00:00.000Z'],
    [' 2026-03-01T12:00:00-03 ', undefined, undefined, '2026-03-01T15:00:00.000Z'],
    ['2024-02-29T00:00:00Z', undefined, undefined, '2024-02-29T00:00:00.000Z'],
    // its own offset goes before the mapping's
    ['2026-03-01T12:00:00Z', 'iso', 'Europe/Berlin', '2026-03-01T12:00:00.000Z'],
    ['2026-03-01T12:00:00', 'iso', 'UTC', '2026-03-01T12:00:00.000Z'],
    ['2026-03-01', 'iso', '+02:00', '2026-02-28T22:00:00.000Z'],
    ['2026-03-01 12:00', 'iso', 'Europe/Berlin', '2026-03-01T11:00:00.000Z'],
    ['2026-07-01 12:00', 'iso', 'Europe/Berlin', '2026-07-01T10:00:00.000Z'],
    ['2026-07-01 12:00', 'iso', 'America/New_York', '2026-07-01T16:00:00.000Z'],
    ['2026-07-01 12:00', 'iso', 'Asia/Kathmandu', '2026-07-01T06:15:00.000Z'],
    // the clocks go back: the first of two; and right before and after
    ['2026-10-25T02:30:00', 'iso', 'Europe/Berlin', '2026-10-25T00:30:00.000Z'],
    ['2026-10-25T01:59:59', 'iso', 'Europe/Berlin', '2026-10-24T23:59:59.000Z'],
    ['2026-10-25T03:00:00', 'iso', 'Europe/Berlin', '2026-10-25T02:00:00.000Z'],
    // and forward
    ['2026-03-29T01:59:59', 'iso', 'Europe/Berlin', '2026-03-29T00:59:59.000Z'],
    ['2026-03-29T03:00:00', 'iso', 'Europe/Berlin', '2026-03-29T01:00:00.000Z'],
    // numbers since 1970
    ['1772366400', 'epoch-seconds', undefined, '2026-03-01T12:00:00.000Z'],
    ['1772366400.029', 'epoch-seconds', undefined, '2026-03-01T12:00:00.029Z'],
    ['1772366400.5', 'epoch-seconds', undefined, '2026-03-01T12:00:00.500Z'],
    ['0', 'epoch-seconds', undefined, '1970-01-01T00:00:00.000Z'],
    ['1772366400123', 'epoch-milliseconds', undefined, '2026-03-01T12:00:00.123Z'],
    ['1772366400123.9', 'epoch-milliseconds', undefined, '2026-03-01T12:00:00.123Z'],
    // patterns
    ['01.03.2026 12:30', 'DD.MM.YYYY HH:mm', 'UTC', '2026-03-01T12:30:00.000Z'],
    ['20260301123000123', 'YYYYMMDDHHmmssSSS', 'UTC', '2026-03-01T12:30:00.123Z'],
    ['03/01/2026', 'MM/DD/YYYY', 'Europe/Berlin', '2026-02-28T23:00:00.000Z'],
    ['[2026-03-01]', '[YYYY-MM-DD]', 'UTC', '2026-03-01T00:00:00.000Z'],
  ])('%s as %s in %s is %s', (text, format, timezone, time) => {
    expect(read(text, format, timezone)).toEqual(right(time))
  })

  it.each([
    ['yesterday', undefined, undefined, '"yesterday" is no ISO 8601 time, e.g. 2026-03-01T12:00:00Z'],
    [
      '2026-03-01T12:00:00',
      undefined,
      undefined,
      '"2026-03-01T12:00:00" has no offset; add one, or say timezone: UTC or another in the mapping',
    ],
    ['2026-02-29T12:00:00Z', undefined, undefined, '"2026-02-29T12:00:00Z" is no time that there is'],
    ['2026-04-31', 'iso', 'UTC', '"2026-04-31" is no time that there is'],
    ['2026-13-01T12:00:00Z', undefined, undefined, '"2026-13-01T12:00:00Z" is no time that there is'],
    ['2026-03-01T24:00:00Z', undefined, undefined, '"2026-03-01T24:00:00Z" is no time that there is'],
    ['2026-03-01T12:60:00Z', undefined, undefined, '"2026-03-01T12:60:00Z" is no time that there is'],
    ['2026-03-01T12:00:60Z', undefined, undefined, '"2026-03-01T12:00:60Z" is no time that there is'],
    ['0001-03-01T12:00:00Z', undefined, undefined, '"0001-03-01T12:00:00Z" is no time that there is'],
    [
      '2026-03-29T02:30:00',
      'iso',
      'Europe/Berlin',
      '"2026-03-29T02:30:00" does not exist in Europe/Berlin: the clocks went forward over it',
    ],
    ['-1', 'epoch-seconds', undefined, '"-1" is no number of seconds since 1970'],
    ['1e9', 'epoch-seconds', undefined, '"1e9" is no number of seconds since 1970'],
    [
      '999999999999999',
      'epoch-seconds',
      undefined,
      '"999999999999999" is too large for a number of seconds since 1970',
    ],
    ['soon', 'epoch-milliseconds', undefined, '"soon" is no number of milliseconds since 1970'],
    ['1.3.2026', 'DD.MM.YYYY', 'UTC', '"1.3.2026" is not written as DD.MM.YYYY'],
    ['31x02x2026', 'DD.MM.YYYY', 'UTC', '"31x02x2026" is not written as DD.MM.YYYY'],
    ['31.02.2026', 'DD.MM.YYYY', 'UTC', '"31.02.2026" is no time that there is'],
  ])('refuses %s as %s in %s', (text, format, timezone, reason) => {
    expect(read(text, format, timezone)).toEqual(left(reason))
  })

  it.each<readonly [string, string | undefined, string]>([
    [
      'iso',
      'Mars/Olympus',
      '"Mars/Olympus" is no time zone; write UTC, an offset such as +02:00, or a name such as Europe/Berlin',
    ],
    ['iso', '+25:00', '"+25:00" is no time zone; write UTC, an offset such as +02:00, or a name such as Europe/Berlin'],
    [
      'DD.MM.YYYY',
      undefined,
      'the format "DD.MM.YYYY" has no offset, so the mapping must say timezone: UTC or another',
    ],
    ...['rfc2822', 'MM.YYYY', 'YYYY-MM-DD DD'].map((format): [string, string, string] => [
      format,
      'UTC',
      `"${format}" is no format; write iso, epoch-seconds, epoch-milliseconds, or a pattern with YYYY, MM and DD, each once, e.g. DD.MM.YYYY HH:mm`,
    ]),
  ])('refuses the format %s in %s', (format, timezone, reason) => {
    expect(timeReader(format, timezone)).toEqual(left(reason))
  })
})

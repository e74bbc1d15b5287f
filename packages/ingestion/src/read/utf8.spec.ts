import { isUtf8 } from 'node:buffer'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bomLength, firstInvalidUtf8, utf8Reason } from './utf8.ts'

const bytes = (...values: number[]) => Buffer.from(values)

describe('firstInvalidUtf8', () => {
  it.each([
    ['nothing', bytes(), undefined],
    ['ASCII', Buffer.from('abc'), undefined],
    ['two, three and four bytes', Buffer.from('ä€😀'), undefined],
    ['a stray continuation byte', bytes(0x61, 0x80), 1],
    ['a byte that is never used', bytes(0x61, 0x62, 0xff, 0x63), 2],
    ['an overlong slash', bytes(0xc0, 0xaf), 0],
    ['an overlong form of three bytes', bytes(0x61, 0xe0, 0x80, 0xaf), 1],
    ['a surrogate', bytes(0xed, 0xa0, 0x80), 0],
    ['above U+10FFFF', bytes(0xf4, 0x90, 0x80, 0x80), 0],
    ['a character that is cut off', bytes(0x61, 0xe2, 0x82), 1],
    ['a character that another one interrupts', bytes(0xc3, 0xa4, 0xe2, 0x82, 0x61), 2],
  ])('%s', (_what, input, at) => {
    expect(firstInvalidUtf8(input)).toBe(at)
  })

  it('finds a place exactly if there is one, and all before it is UTF-8', () => {
    const mixed = fc.array(
      fc.oneof(
        fc.uint8Array({ maxLength: 4 }),
        fc.string({ unit: 'binary' }).map((text) => Buffer.from(text)),
      ),
    )
    fc.assert(
      fc.property(mixed, (parts) => {
        const input = Buffer.concat(parts)
        const at = firstInvalidUtf8(input)
        expect(at === undefined).toBe(isUtf8(input))
        if (at !== undefined) expect(isUtf8(input.subarray(0, at))).toBe(true)
      }),
    )
  })
})

describe('utf8Reason', () => {
  it('counts from the beginning of the file', () => {
    expect(utf8Reason(bytes(0x61, 0xff), 100)).toBe('byte 101 of the file, 0xff, is not UTF-8; write the file as UTF-8')
  })

  it('recognises UTF-16 by its byte order mark', () => {
    const reason = 'byte 0 of the file, 0xff, is not UTF-8, it looks like UTF-16; write the file as UTF-8'
    expect(utf8Reason(Buffer.from('\ufeffa', 'utf16le'), 0)).toBe(reason)
  })
})

describe('bomLength', () => {
  it.each([
    [bytes(), 0],
    [bytes(0xef, 0xbb), 0],
    [bytes(0xef, 0xbb, 0xbf), 3],
    [Buffer.from('\ufeff{}'), 3],
    [Buffer.from('{}'), 0],
  ])('%o', (input, length) => {
    expect(bomLength(input)).toBe(length)
  })
})

import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { decoded, encodingFor } from './encodings.ts'

describe('an answer', () => {
  it.each([
    [undefined, undefined],
    ['', undefined],
    ['identity', undefined],
    ['lz4', undefined],
    ['lz4,zstd,br,gzip,deflate', 'zstd'],
    ['gzip', 'gzip'],
    ['GZIP', 'gzip'],
    ['deflate, gzip;q=1.0, *;q=0.5', 'gzip'],
    ['zstd;q=0, gzip', 'gzip'],
    ['zstd; q=0.0, deflate', 'deflate'],
    ['br', 'br'],
  ])('for one who accepts %s is compressed by %s', (accepted, name) => {
    expect(encodingFor(accepted)?.name).toBe(name)
  })
})

describe('a body', () => {
  it('is unpacked up to a size', async () => {
    const packed = gzipSync(Buffer.alloc(1_000, 'a'))
    expect(await decoded(packed, 'gzip', 1_000)).toEqual(Buffer.alloc(1_000, 'a'))
    expect(await decoded(packed, 'gzip', 999)).toMatchObject({ tag: 'fault', code: 229 })
    expect(await decoded(packed.subarray(0, 10), 'gzip', 999)).toMatchObject({ tag: 'fault', code: 271 })
    expect(await decoded(packed, 'identity', 1)).toBe(packed)
  })
})

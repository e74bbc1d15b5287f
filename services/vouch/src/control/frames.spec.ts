import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeFrames, encodeFrame, type Frame } from './frames.ts'

async function* cut(bytes: Buffer, sizes: readonly number[]): AsyncGenerator<Buffer> {
  let at = 0
  for (const size of sizes) {
    yield bytes.subarray(at, at + size)
    at += size
  }
  yield bytes.subarray(at)
}

const decode = async (chunks: AsyncIterable<Buffer>): Promise<Frame[]> => {
  const frames: Frame[] = []
  for await (const { kind, payload } of decodeFrames(chunks)) frames.push({ kind, payload: Buffer.from(payload) })
  return frames
}

const aFrame = fc.record({
  kind: fc.constantFrom('out', 'err', 'exit'),
  payload: fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
}) satisfies fc.Arbitrary<Frame>

describe('frames', () => {
  it('come out as they went in, wherever the bytes are cut', () =>
    fc.assert(
      fc.asyncProperty(fc.array(aFrame), fc.array(fc.nat({ max: 30 })), async (frames, sizes) => {
        expect(await decode(cut(Buffer.concat(frames.map(encodeFrame)), sizes))).toEqual(frames)
      }),
    ))

  it('end where the bytes break off', async () => {
    const bytes = Buffer.concat([
      encodeFrame({ kind: 'out', payload: Buffer.from('whole') }),
      encodeFrame({ kind: 'err', payload: Buffer.from('broken') }).subarray(0, 8),
    ])
    expect(await decode(cut(bytes, []))).toEqual([{ kind: 'out', payload: Buffer.from('whole') }])
  })

  it('are not made out of anything', async () => {
    await expect(decode(cut(Buffer.from('HTTP/1.1 200 OK'), []))).resolves.toEqual([])
    await expect(decode(cut(Buffer.from([9, 0, 0, 0, 0]), []))).rejects.toThrow(
      'The server answers in a way that this vouch does not know.',
    )
  })
})

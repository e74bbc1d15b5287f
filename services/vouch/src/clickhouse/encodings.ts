import type { Transform } from 'node:stream'
import { promisify } from 'node:util'
import {
  brotliDecompress,
  constants,
  createBrotliCompress,
  createDeflate,
  createGzip,
  createZstdCompress,
  gunzip,
  inflate,
  zstdDecompress,
} from 'node:zlib'
import { codes, type Fault, fault } from './fault.ts'

/** Ways to compress an answer, those first that cost least for what they save. */
const encoders: ReadonlyMap<string, () => Transform> = new Map<string, () => Transform>([
  ['zstd', () => createZstdCompress()],
  ['gzip', () => createGzip({ level: 3 })],
  ['br', () => createBrotliCompress({ params: { [constants.BROTLI_PARAM_QUALITY]: 3 } })],
  ['deflate', () => createDeflate({ level: 3 })],
])

export interface Encoding {
  readonly name: string
  encoder(): Transform
}

/** The first of our ways that the asker takes, by RFC 9110, 12.5.3; undefined: as it is. */
export function encodingFor(accepted: string | undefined): Encoding | undefined {
  const wanted = new Set(
    (accepted ?? '')
      .split(',')
      .map((part) => part.trim().toLowerCase())
      .filter((part) => !/;\s*q=0(\.0*)?$/.test(part))
      .map((part) => part.split(';')[0]?.trim()),
  )
  for (const [name, encoder] of encoders) if (wanted.has(name)) return { name, encoder }
  return undefined
}

const options = (maxOutputLength: number) => ({ maxOutputLength })

const decoders: ReadonlyMap<string, (body: Buffer, most: number) => Promise<Buffer>> = new Map([
  ['zstd', (body: Buffer, most: number) => promisify(zstdDecompress)(body, options(most))],
  ['gzip', (body: Buffer, most: number) => promisify<Buffer, object, Buffer>(gunzip)(body, options(most))],
  ['br', (body: Buffer, most: number) => promisify<Buffer, object, Buffer>(brotliDecompress)(body, options(most))],
  ['deflate', (body: Buffer, most: number) => promisify<Buffer, object, Buffer>(inflate)(body, options(most))],
])

/** A body as it was before it was compressed, of at most so many bytes. */
export async function decoded(body: Buffer, encoding: string | undefined, most: number): Promise<Buffer | Fault> {
  if (encoding === undefined || encoding === 'identity') return body
  const decode = decoders.get(encoding.toLowerCase())
  if (decode === undefined) {
    return fault(
      codes.UNKNOWN_COMPRESSION_METHOD,
      `The content-encoding ${encoding} is not known; ${[...decoders.keys()].join(', ')} are.`,
      { status: 415 },
    )
  }
  try {
    return await decode(body, most)
  } catch (error) {
    const tooLarge = error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE'
    return tooLarge
      ? fault(codes.QUERY_IS_TOO_LARGE, `The body has more than ${most} bytes when it is unpacked; send less at once.`)
      : fault(codes.CANNOT_DECOMPRESS, `The body cannot be unpacked as ${encoding}.`, { status: 400 })
  }
}

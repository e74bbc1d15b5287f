import { promisify } from 'node:util'
import { zstdDecompress } from 'node:zlib'
import kafkajs from 'kafkajs'
import { decompressFrame } from 'lz4-napi'
import { uncompress } from 'snappy'

// kafkajs is CommonJS, and this name is not found in it from outside.
const { CompressionCodecs } = kafkajs

/** A batch of records that grows beyond this is not read, bytes. */
const maxBatchBytes = 256 * 2 ** 20

const unzstd = promisify(zstdDecompress)

/** How producers may compress besides gzip, by the number that a batch names. Nothing is compressed here. */
const decompressors = {
  2: unsnappy,
  3: (bytes: Buffer) => decompressFrame(bytes),
  4: async (bytes: Buffer) => unzstd(bytes, { maxOutputLength: maxBatchBytes }),
}

/** Lets kafkajs, which reads gzip alone by itself, read what Kafka's own clients write. For the whole process. */
export function registerCodecs(): void {
  for (const type of [2, 3, 4] as const) {
    CompressionCodecs[type] = () => ({
      compress: () => Promise.reject(new Error('Nothing is compressed here.')),
      decompress: decompressors[type],
    })
  }
}

/** What Java's clients begin with: magic bytes, and two versions of four bytes each (snappy-java, SnappyCodec). */
const xerialMagic = Buffer.from('\x82SNAPPY\0', 'latin1')
const xerialHeaderBytes = 16

/** Blocks in xerial's frame, each after its length in four bytes; or one block without any frame. */
async function unsnappy(bytes: Buffer): Promise<Buffer> {
  if (!bytes.subarray(0, xerialMagic.length).equals(xerialMagic)) return uncompressBlock(bytes)
  const blocks: Buffer[] = []
  for (let at = xerialHeaderBytes; at < bytes.length; ) {
    const length = bytes.readInt32BE(at)
    blocks.push(await uncompressBlock(bytes.subarray(at + 4, at + 4 + length)))
    at += 4 + length
  }
  return Buffer.concat(blocks)
}

const uncompressBlock = async (bytes: Buffer): Promise<Buffer> =>
  (await uncompress(bytes, { asBuffer: true })) as Buffer

import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { pipeline, Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'

/** A file's bytes, unpacked if they are gzip. */
export interface ByteSource {
  /** As its user named it. */
  readonly path: string
  /** Size on disk in bytes; 0 if it is a pipe. */
  readonly size: number
  /** How many bytes were read from the disk so far. */
  bytesRead(): number
  /** @throws UnreadableFile */
  chunks(): AsyncIterable<Buffer>
}

/** A file that is not there, may not be read, or breaks off within its packing. The message is a whole sentence. */
export class UnreadableFile extends Error {
  override readonly name = 'UnreadableFile'
}

const chunkBytes = 256 * 1024

/** @throws UnreadableFile */
export async function openSource(path: string): Promise<ByteSource> {
  const stats = await stat(path).catch((error: unknown) => {
    throw new UnreadableFile(problem(path, error))
  })
  if (stats.isDirectory()) throw new UnreadableFile(`${path} is a folder; name the files in it.`)
  let bytesRead = 0

  async function* fromDisk(): AsyncGenerator<Buffer> {
    for await (const chunk of createReadStream(path, { highWaterMark: chunkBytes })) {
      bytesRead += (chunk as Buffer).length
      yield chunk as Buffer
    }
  }

  async function* chunks(): AsyncGenerator<Buffer> {
    try {
      const raw = fromDisk()
      const head = await firstBytes(raw)
      if (head === undefined) return
      yield* head[0] === 0x1f && head[1] === 0x8b ? gunzip(head, raw) : joined(head, raw)
    } catch (error) {
      throw new UnreadableFile(problem(path, error), { cause: error })
    }
  }

  return { path, size: stats.size, bytesRead: () => bytesRead, chunks }
}

/** At least two bytes, which is what it takes to know gzip, if there are so many. */
async function firstBytes(raw: AsyncGenerator<Buffer>): Promise<Buffer | undefined> {
  let head: Buffer | undefined
  while (head === undefined || head.length < 2) {
    const next = await raw.next()
    if (next.done) return head
    head = head === undefined ? next.value : Buffer.concat([head, next.value])
  }
  return head
}

async function* joined(head: Buffer, rest: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  yield head
  yield* rest
}

async function* gunzip(head: Buffer, rest: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  const unpacked = createGunzip({ chunkSize: chunkBytes })
  // Errors reach the reader of `unpacked`, which the pipeline destroys with them.
  pipeline(Readable.from(joined(head, rest), { objectMode: false }), unpacked, () => {})
  for await (const chunk of unpacked) yield chunk as Buffer
}

const sentences: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  ENOTDIR: 'does not exist',
  EACCES: 'may not be read by this user',
  EPERM: 'may not be read by this user',
  Z_BUF_ERROR: 'is gzip that breaks off before its end; copy it again',
  Z_DATA_ERROR: 'is gzip that is damaged; copy it again',
}

function problem(path: string, error: unknown): string {
  const { code, message } = error as { code?: string; message?: string }
  return `${path} ${sentences[code ?? ''] ?? `cannot be read: ${message}`}.`
}

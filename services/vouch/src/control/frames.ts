import { z } from 'zod'

/** A command line, and what it needs to know of where it was typed. */
export const runRequestSchema = z.object({
  argv: z.array(z.string()),
  cwd: z.string(),
  /** Of the process that asks. */
  pid: z.number().int().positive(),
  /** Width of the terminal that standard output and standard error are on; null where they are not on one. */
  outColumns: z.number().int().positive().nullable(),
  errColumns: z.number().int().positive().nullable(),
})

export type RunRequest = z.infer<typeof runRequestSchema>

/** What comes back: pieces of output as they were written, and the exit code, one byte, last. */
export interface Frame {
  readonly kind: FrameKind
  readonly payload: Buffer
}

const kinds = ['out', 'err', 'exit'] as const
export type FrameKind = (typeof kinds)[number]

/** One byte for the kind, four for the length. */
const headerBytes = 5

export function encodeFrame({ kind, payload }: Frame): Buffer {
  const header = Buffer.alloc(headerBytes)
  header.writeUInt8(kinds.indexOf(kind), 0)
  header.writeUInt32BE(payload.length, 1)
  return Buffer.concat([header, payload])
}

/** Ends where the bytes end, also in the middle of a frame: whoever waits for the exit code notices. */
export async function* decodeFrames(chunks: AsyncIterable<Buffer>): AsyncGenerator<Frame> {
  let held: Buffer[] = []
  let heldBytes = 0
  let wanted = headerBytes
  for await (const chunk of chunks) {
    held.push(chunk)
    heldBytes += chunk.length
    // Joined only once a whole frame is there, so that a large one is not copied with each piece of it.
    if (heldBytes < wanted) continue
    let bytes = held.length === 1 ? chunk : Buffer.concat(held)
    for (;;) {
      wanted = bytes.length < headerBytes ? headerBytes : headerBytes + bytes.readUInt32BE(1)
      if (bytes.length < wanted) break
      const kind = kinds[bytes.readUInt8(0)]
      if (kind === undefined) throw new Error('The server answers in a way that this vouch does not know.')
      yield { kind, payload: bytes.subarray(headerBytes, wanted) }
      bytes = bytes.subarray(wanted)
    }
    held = [bytes]
    heldBytes = bytes.length
  }
}

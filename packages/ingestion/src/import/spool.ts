import { randomUUID } from 'node:crypto'
import { open, rm } from 'node:fs/promises'
import { join } from 'node:path'

/** A temporary file that only grows, and that no crash leaves behind. */
export interface Spool {
  /** Appends bytes; resolves to where they begin. */
  write(bytes: Buffer): Promise<number>
  /** Fills the buffer from a place in the file; resolves to how many bytes there were. */
  read(into: Buffer, from: number): Promise<number>
  close(): Promise<void>
}

/** No room, or no right, to write what an import has to keep outside memory. The message is a whole sentence. */
export class SpoolError extends Error {
  override readonly name = 'SpoolError'
}

/** @throws SpoolError */
export async function openSpool(folder: string): Promise<Spool> {
  const path = join(folder, `vouch-import-${randomUUID()}.tmp`)
  const failed = (error: unknown): never => {
    const { code, message } = error as { code?: string; message?: string }
    const why = code === 'ENOSPC' ? 'there is no space left' : message
    throw new SpoolError(`Cannot keep temporary data in ${folder}: ${why}.`, { cause: error })
  }
  const file = await open(path, 'wx+', 0o600).catch(failed)
  // Without a name the file goes with the process, however that ends. Where an open file must keep its name, close removes it.
  const nameless = await rm(path).then(
    () => true,
    () => false,
  )
  let end = 0
  return {
    async write(bytes) {
      const from = end
      for (let done = 0; done < bytes.length; ) {
        const { bytesWritten } = await file.write(bytes, done, bytes.length - done, from + done).catch(failed)
        done += bytesWritten
      }
      end = from + bytes.length
      return from
    },
    async read(into, from) {
      let done = 0
      while (done < into.length) {
        const { bytesRead } = await file.read(into, done, into.length - done, from + done).catch(failed)
        if (bytesRead === 0) break
        done += bytesRead
      }
      return done
    },
    async close() {
      await file.close()
      if (!nameless) await rm(path, { force: true })
    },
  }
}

import type { EventStore } from '@vouch/event-store'
import { archiveLines } from './archive.ts'
import { type RestoreOptions, restoreLog } from './restore.ts'
import type { Seals } from './seals.ts'

/** An archive of a log as it is, for specs. */
export async function archiveOf(store: EventStore): Promise<string> {
  let text = ''
  const made = { head: await store.head(), store: 'of a spec', by: 'vouch', at: 0 }
  for await (const { lines } of archiveLines(store.readAll(0n, 3), made)) text += lines
  return text
}

export const noSeals: Seals = {
  newest: () => ({ position: 0n, count: 0, hash: '' }),
  add: () => undefined,
  addFor: () => undefined,
  list: () => [],
  marks: () => undefined,
  close: () => undefined,
}

/** @param chunkBytes pieces in which the file comes */
export const restoreFrom = (
  archive: string | Buffer,
  store: EventStore,
  { chunkBytes = 1024, ...more }: Partial<RestoreOptions> & { readonly chunkBytes?: number } = {},
) =>
  restoreLog({
    open: async function* () {
      const bytes = Buffer.from(archive)
      for (let from = 0; from < bytes.length; from += chunkBytes) yield bytes.subarray(from, from + chunkBytes)
    },
    store,
    seals: noSeals,
    countsPositions: true,
    ...more,
  })

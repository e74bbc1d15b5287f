import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isLeft } from 'fp-ts/lib/Either.js'
import type { OpenedStore } from '../conformance.ts'
import { openSqliteStore, type SqliteOptions } from './open.ts'
import type { SqliteStore } from './store.ts'

/** A folder of its own for a spec, and the way to be rid of it. */
export const temporaryFolder = (): { readonly dir: string; remove(): void } => {
  const dir = mkdtempSync(join(tmpdir(), 'vouch-event-store-'))
  return { dir, remove: () => rmSync(dir, { recursive: true, force: true }) }
}

export const openOrThrow = (options: SqliteOptions): SqliteStore => {
  const store = openSqliteStore(options)
  if (isLeft(store)) throw new Error(`${store.left.tag}: ${store.left.message}`)
  return store.right
}

/** A real store on a real file, for the conformance suite. */
export const openTemporary = async (tuning: Omit<SqliteOptions, 'path'> = {}): Promise<OpenedStore> => {
  const { dir, remove } = temporaryFolder()
  const store = openOrThrow({ path: join(dir, 'log.db'), ...tuning })
  return { store, dispose: () => store.close().finally(remove) }
}

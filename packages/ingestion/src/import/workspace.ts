import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { type EventStore, openMemoryStore } from '@vouch/event-store'
import { isLeft } from 'fp-ts/lib/Either.js'
import { createAdmission } from '../admit/admission.ts'
import { noon, programsOf } from '../fixtures.ts'
import type { ImportFailure, ImportReport } from './failure.ts'
import { importFiles } from './import.ts'
import type { ImportOptions } from './options.ts'

/** A folder and a store to import into, for specs. Files are named by their names in the folder. */
export interface Workspace {
  readonly store: EventStore
  readonly folder: string
  path(name: string): string
  write(name: string, content: string | Buffer): Promise<void>
  /** Imports files of the folder; fails the spec if the import fails. */
  run(files: readonly string[], options?: Partial<ImportOptions>): Promise<ImportReport>
  /** As `run`, for an import that is to fail. Paths in its message are those of the folder. */
  fail(files: readonly string[], options?: Partial<ImportOptions>): Promise<ImportFailure>
  /** The lines of the rejects file, undefined if there is none. */
  rejects(): Promise<readonly Record<string, unknown>[] | undefined>
  /** Names of all files there are. */
  names(): Promise<readonly string[]>
  remove(): Promise<void>
}

export async function openWorkspace(store: EventStore = openMemoryStore()): Promise<Workspace> {
  const folder = await mkdtemp(join(tmpdir(), 'vouch-import-spec-'))
  const path = (name: string) => join(folder, name)
  const start = async (files: readonly string[], { maps = [], ...options }: Partial<ImportOptions> = {}) =>
    importFiles({
      files: files.map(path),
      maps: maps.map(path),
      rejectsPath: path('rejects.ndjson'),
      admission: createAdmission({ store, clock: () => noon }),
      store,
      programs: await programsOf(store),
      now: noon,
      tmpDir: folder,
      ...options,
    })()
  return {
    store,
    folder,
    path,
    write: (name, content) => writeFile(path(name), content),
    async run(files, options) {
      const result = await start(files, options)
      if (isLeft(result)) throw new Error(result.left.message)
      const { rejects } = result.right
      return { ...result.right, rejects: rejects && relative(folder, rejects) }
    },
    async fail(files, options) {
      const result = await start(files, options)
      if (!isLeft(result)) throw new Error(`The import did not fail: ${JSON.stringify(result.right)}`)
      return JSON.parse(JSON.stringify(result.left).replaceAll(`${folder}/`, '')) as ImportFailure
    },
    async rejects() {
      const text = await readFile(path('rejects.ndjson'), 'utf8').catch(() => undefined)
      return text
        ?.trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line.replaceAll(`${folder}/`, '')) as Record<string, unknown>)
    },
    names: async () => (await readdir(folder)).sort(),
    remove: () => rm(folder, { recursive: true }),
  }
}

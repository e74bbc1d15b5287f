import { randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type Context, pathOf } from '../context.ts'
import type { Engine } from '../engine.ts'

/**
 * Where what cannot be taken goes: the file that was named, or a new one beside the log.
 * @param of what is taken in, for the name of the file
 */
export function rejectsPath(context: Context, engine: Engine, of: string, given: string | undefined): string {
  if (given !== undefined) return pathOf(context, given)
  const began = new Date(engine.clock()).toISOString().replaceAll(':', '')
  // Two may begin in the same ms.
  return join(folderIn(engine, 'rejects'), `${of}-${began}-${randomBytes(2).toString('hex')}.ndjson`)
}

/** Beside the log, where there is room for it. */
export function folderIn({ dataDir }: Engine, name: string): string {
  const folder = join(dataDir, name)
  mkdirSync(folder, { recursive: true })
  return folder
}

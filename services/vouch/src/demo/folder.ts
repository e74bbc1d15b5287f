import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { lockFolder } from '@vouch/event-store'
import { isLeft } from 'fp-ts/lib/Either.js'
import { Failure, misuse } from '../failure.ts'

/** The file by which a demo's folder is recognised. */
export const marker = 'MADE-BY-VOUCH-DEMO.txt'

const markerText = `This folder was made by "vouch demo". Running it again replaces the log and the tables in here.
It may be deleted at any time.
`

/** What a data folder consists of; the lock is held on a file that must stay where it is. */
const replaced =
  /^((log|seals|personal)\.db(-\w+)?|master\.key|warehouse(\.damaged-.*)?|state|tmp|rejects|(keys|holder|control)\.(json|sock).*)$/
const kept: ReadonlySet<string> = new Set([marker, '.gitignore', 'lock.db'])

/**
 * Makes an empty data folder for the demo, in place of an earlier demo's. Anything else is left as it is.
 * @throws Failure when the folder holds something else (wrong usage), or is in use
 */
export function prepareFolder(dir: string, shown: string): void {
  const found = list(dir, shown)
  const other = 'name a folder that is empty or does not exist yet with --data.'
  if (found.length > 0 && !found.includes(marker))
    throw misuse(`${shown} is not empty, and no demo made it: it stays as it is; ${other}`)
  const foreign = found.find((name) => !replaced.test(name) && !kept.has(name))
  if (foreign !== undefined)
    throw misuse(`${shown} holds ${foreign}, which no demo made: move it elsewhere, or ${other}`)
  // First of all, so that a demo that is stopped at any moment can be run again.
  try {
    mkdirSync(dir, { recursive: true })
    writeFileSync(join(dir, marker), markerText)
    writeFileSync(join(dir, '.gitignore'), '*\n')
  } catch (error) {
    throw misuse(`${shown} cannot be written to (${codeOf(error)}); ${other}`)
  }
  const locked = lockFolder(dir, 'vouch demo')
  if (isLeft(locked)) throw new Failure(locked.left.message)
  try {
    for (const name of found) if (replaced.test(name)) rmSync(join(dir, name), { recursive: true, force: true })
  } finally {
    locked.right.release()
  }
}

function list(dir: string, shown: string): string[] {
  try {
    return readdirSync(dir)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return []
    throw misuse(`${shown} cannot be used as a folder (${codeOf(error)}); name another one with --data.`)
  }
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : String(error)

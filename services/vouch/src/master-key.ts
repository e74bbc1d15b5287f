import { randomBytes } from 'node:crypto'
import { existsSync, linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { parseMasterKey } from '@vouch/observability/settings'
import type { MasterKey } from '@vouch/personal'
import { type Either, left, right } from 'fp-ts/lib/Either.js'

/**
 * The master key in a file, made with the file if it is missing. For one machine without a secret store: whoever can read
 * the folder can read it, and a copy of the folder holds it.
 * @returns on the left why the file is no master key
 */
export function masterKeyIn(path: string): Either<string, MasterKey> {
  if (!existsSync(path)) {
    const fresh = `${path}.new`
    rmSync(fresh, { force: true })
    writeFileSync(fresh, `${randomBytes(32).toString('base64')}\n`, { mode: 0o600, flush: true })
    // Linked and not renamed: a key that is there already is never replaced.
    linkSync(fresh, path)
    rmSync(fresh)
  }
  const bytes = parseMasterKey(readFileSync(path, 'utf8'))
  return bytes === undefined
    ? left(`${path} holds no master key (32 bytes in base64); bring back a copy of it.`)
    : right({ bytes, from: path })
}

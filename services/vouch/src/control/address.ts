import { createHash } from 'node:crypto'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Longest path that every Unix takes for a socket. */
const maxSocketPath = 100

/** Where a server on this folder listens for commands: in the folder, or if its path is too long for that, beside others. */
export function socketPath(dataDir: string): string {
  const inside = join(dataDir, 'control.sock')
  if (Buffer.byteLength(inside) <= maxSocketPath) return inside
  const name = createHash('sha256').update(dataDir).digest('hex').slice(0, 24)
  return join(tmpdir(), `vouch-${name}.sock`)
}

/** A secret that only who can read the folder knows; sockets in a shared folder could be opened by others. */
export const secretPath = (dataDir: string): string => join(dataDir, 'control.key')

export function readSecret(dataDir: string): string | undefined {
  try {
    return readFileSync(secretPath(dataDir), 'utf8')
  } catch {
    return undefined
  }
}

export const writeSecret = (dataDir: string, secret: string): void =>
  writeFileSync(secretPath(dataDir), secret, { mode: 0o600 })

export const removeSecret = (dataDir: string): void => rmSync(secretPath(dataDir), { force: true })

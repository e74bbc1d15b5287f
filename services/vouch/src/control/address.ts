import { createHash } from 'node:crypto'
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'

/** Longest path that every Unix takes for a socket, in bytes. */
const maxSocketPath = 100

/** Where a server listens for commands, and a secret that only who can read the folder knows: sockets can lie elsewhere. */
export interface Address {
  readonly socket: string
  readonly secret: string
}

const addressSchema = z.object({ socket: z.string(), secret: z.string() })

/** A place for the socket: in the folder, or if its path is too long for that, beside others. */
export function socketPath(dataDir: string): string {
  const inside = join(dataDir, 'control.sock')
  if (Buffer.byteLength(inside) <= maxSocketPath) return inside
  const name = createHash('sha256').update(dataDir).digest('hex').slice(0, 24)
  return join(tmpdir(), `vouch-${name}.sock`)
}

const addressPath = (dataDir: string): string => join(dataDir, 'control.json')

/** As the server on this folder wrote it down; it may be gone since. Undefined if there is none, or it cannot be read. */
export function readAddress(dataDir: string): Address | undefined {
  try {
    return addressSchema.parse(JSON.parse(readFileSync(addressPath(dataDir), 'utf8')))
  } catch {
    return undefined
  }
}

export function writeAddress(dataDir: string, address: Address): void {
  const draft = `${addressPath(dataDir)}.new`
  rmSync(draft, { force: true })
  writeFileSync(draft, JSON.stringify(address), { mode: 0o600 })
  renameSync(draft, addressPath(dataDir))
}

export const removeAddress = (dataDir: string): void => rmSync(addressPath(dataDir), { force: true })

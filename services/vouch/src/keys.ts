import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { z } from 'zod'
import { Failure } from './failure.ts'

export const scopes = ['ingest', 'read', 'finance', 'admin'] as const
export type Scope = (typeof scopes)[number]

const fileSchema = z.object({
  keys: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      scopes: z.array(z.enum(scopes)),
      /** SHA-256 of the token, hex. A token is 256 random bits, so that a plain hash cannot be guessed back. */
      hash: z.string().regex(/^[0-9a-f]{64}$/),
      createdAt: z.string(),
      revokedAt: z.string().optional(),
      /** As many requests a minute as this; what the server allows any key, if absent. */
      requestsPerMinute: z.int().min(1).optional(),
    }),
  ),
})

export type Key = z.infer<typeof fileSchema>['keys'][number]

export interface NewKey {
  readonly token: string
  readonly key: Key
}

/** Bearer tokens of one data folder, kept hashed. */
export interface Keys {
  /** Revoked ones too. */
  list(): readonly Key[]
  /** Whether any key was ever made: then requests need one. */
  required(): boolean
  /** Makes a key; the token is shown once and kept nowhere. */
  create(name: string, scopes: readonly Scope[], at: number, requestsPerMinute?: number): NewKey
  /** @returns false if there is no such key that still works */
  revoke(id: string, at: number): boolean
  /** The key that a token belongs to, unless it is revoked. */
  find(token: string): Key | undefined
}

const digest = (token: string): Buffer => createHash('sha256').update(token).digest()

export function openKeys(path: string): Keys {
  let keys = existsSync(path) ? read(path) : []
  const write = (next: Key[]) => {
    // What a crash or a hand has left there would keep its mode.
    rmSync(`${path}.new`, { force: true })
    writeFileSync(`${path}.new`, `${JSON.stringify({ keys: next }, null, 2)}\n`, { mode: 0o600, flush: true })
    renameSync(`${path}.new`, path)
    keys = next
  }
  return {
    list: () => keys,
    required: () => keys.length > 0,
    create(name, granted, at, requestsPerMinute) {
      const token = `vouch_${randomBytes(32).toString('base64url')}`
      const id = randomBytes(6).toString('hex')
      const key: Key = {
        id,
        name,
        scopes: [...granted],
        hash: digest(token).toString('hex'),
        createdAt: new Date(at).toISOString(),
        ...(requestsPerMinute === undefined ? {} : { requestsPerMinute }),
      }
      write([...keys, key])
      return { token, key }
    },
    revoke(id, at) {
      if (!keys.some((key) => key.id === id && key.revokedAt === undefined)) return false
      write(keys.map((key) => (key.id === id ? { ...key, revokedAt: new Date(at).toISOString() } : key)))
      return true
    },
    find(token) {
      const hash = digest(token)
      let found: Key | undefined
      // Every key is compared, so that the time it takes says nothing about which one fits.
      for (const key of keys) {
        if (timingSafeEqual(hash, Buffer.from(key.hash, 'hex')) && key.revokedAt === undefined) found = key
      }
      return found
    },
  }
}

function read(path: string): Key[] {
  try {
    return fileSchema.parse(JSON.parse(readFileSync(path, 'utf8'))).keys
  } catch {
    throw new Failure(
      `The file of keys ${path} cannot be read; bring back a copy of it, or remove it and make new keys.`,
    )
  }
}

import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openKeys } from './keys.ts'

const known = { id: 'a', name: 'shop', scopes: ['read'], hash: '0'.repeat(64), createdAt: '2026-01-01T00:00:00.000Z' }

let dir: string
const path = () => join(dir, 'keys.json')
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'vouch-keys-'))
})
afterEach(() => rmSync(dir, { recursive: true }))

describe('keys', () => {
  it('are found by their token alone, also after a restart', () => {
    const made = openKeys(path()).create('shop', ['ingest'], 1_000)
    const keys = openKeys(path())
    expect(keys.find(made.token)).toEqual(made.key)
    expect(keys.find(`${made.token}x`)).toBe(undefined)
    expect(keys.find('')).toBe(undefined)
    expect(made.key).toMatchObject({ name: 'shop', scopes: ['ingest'], createdAt: '1970-01-01T00:00:01.000Z' })
  })

  it('keep their tokens to themselves, in a file for one user', () => {
    const { token, key } = openKeys(path()).create('shop', ['read'], 0)
    expect(readFileSync(path(), 'utf8')).not.toContain(token)
    expect(readFileSync(path(), 'utf8')).toContain(key.hash)
    expect(statSync(path()).mode & 0o777).toBe(0o600)
  })

  it('keep their file for one user, whatever a hand or a crash has left', () => {
    openKeys(path()).create('shop', ['read'], 0)
    chmodSync(path(), 0o644)
    writeFileSync(`${path()}.new`, 'half of a fi', { mode: 0o666 })
    openKeys(path()).create('other', ['read'], 0)
    expect(statSync(path()).mode & 0o777).toBe(0o600)
    expect(openKeys(path()).list().length).toBe(2)
  })

  it.each([
    ['no JSON', '{"keys":['],
    ['no keys', '{}'],
    ['a token in place of its hash', JSON.stringify({ keys: [{ ...known, hash: 'vouch_x' }] })],
    ['a scope that there is not', JSON.stringify({ keys: [{ ...known, scopes: ['root'] }] })],
    ['a rate of none', JSON.stringify({ keys: [{ ...known, requestsPerMinute: 0 }] })],
  ])('open nothing from a file that was edited into something else: %s', (_what, text) => {
    writeFileSync(path(), text)
    expect(() => openKeys(path())).toThrow('cannot be read; bring back a copy of it, or remove it and make new keys.')
  })

  it('are required once there was one, whether or not it still works', () => {
    const keys = openKeys(path())
    expect(keys.required()).toBe(false)
    const { token, key } = keys.create('', ['admin'], 0)
    expect(keys.required()).toBe(true)
    expect([keys.revoke(key.id, 1), keys.revoke(key.id, 2), keys.revoke('none', 2)]).toEqual([true, false, false])
    expect(keys.find(token)).toBe(undefined)
    expect(openKeys(path()).required()).toBe(true)
  })
})

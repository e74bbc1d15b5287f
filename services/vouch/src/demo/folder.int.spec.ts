import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { lockFolder } from '@vouch/event-store'
import { isLeft } from 'fp-ts/lib/Either.js'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Failure, misuse } from '../failure.ts'
import { marker, prepareFolder } from './folder.ts'

describe('prepareFolder', () => {
  let parent: string
  let dir: string
  beforeEach(() => {
    parent = mkdtempSync(join(tmpdir(), 'vouch-demo-'))
    dir = join(parent, 'demo')
  })
  afterEach(() => rmSync(parent, { recursive: true, force: true }))

  const names = () => readdirSync(dir).sort()
  const fresh = ['.gitignore', marker, 'lock.db']

  it('makes a folder that is not there, with those above it', () => {
    dir = join(parent, 'a', 'b')
    prepareFolder(dir, 'a/b')
    expect(names()).toEqual(fresh)
  })

  it('takes an empty folder', () => {
    mkdirSync(dir)
    prepareFolder(dir, 'demo')
    expect(names()).toEqual(fresh)
  })

  it('empties the folder of an earlier demo, however far that came', () => {
    prepareFolder(dir, 'demo')
    for (const folder of ['warehouse', 'warehouse.damaged-2026', 'state', 'rejects', 'tmp'])
      mkdirSync(join(dir, folder, 'deep'), { recursive: true })
    for (const file of [
      'log.db',
      'log.db-wal',
      'log.db-shm',
      'seals.db',
      'seals.db-wal',
      'personal.db',
      'personal.db-journal',
      'master.key',
      'keys.json',
      'holder.json',
      'control.sock',
      'control.json.new',
    ])
      writeFileSync(join(dir, file), '')
    prepareFolder(dir, 'demo')
    expect(names()).toEqual(fresh)
  })

  it('leaves a folder alone that no demo made', () => {
    mkdirSync(dir)
    writeFileSync(join(dir, 'log.db'), 'precious')
    expect(() => prepareFolder(dir, 'demo')).toThrow(
      misuse(
        'demo is not empty, and no demo made it: it stays as it is; name a folder that is empty or does not exist yet with --data.',
      ),
    )
    expect(names()).toEqual(['log.db'])
  })

  it('leaves a demo alone to which somebody has added a file', () => {
    prepareFolder(dir, 'demo')
    for (const file of ['log.db', 'notes.txt']) writeFileSync(join(dir, file), 'precious')
    expect(() => prepareFolder(dir, 'demo')).toThrow(
      misuse(
        'demo holds notes.txt, which no demo made: move it elsewhere, or name a folder that is empty or does not exist yet with --data.',
      ),
    )
    expect(names()).toEqual([...fresh, 'log.db', 'notes.txt'].sort())
  })

  it('does not take a file for a folder', () => {
    writeFileSync(dir, 'precious')
    expect(() => prepareFolder(dir, 'demo')).toThrow(
      misuse('demo cannot be used as a folder (ENOTDIR); name another one with --data.'),
    )
    expect(existsSync(dir)).toBe(true)
  })

  it('leaves a demo alone that is in use', () => {
    prepareFolder(dir, 'demo')
    writeFileSync(join(dir, 'log.db'), 'in use')
    const held = lockFolder(dir, 'vouch start', Date.UTC(2026, 0, 1))
    if (isLeft(held)) throw new Error(held.left.message)
    try {
      expect(() => prepareFolder(dir, 'demo')).toThrow(
        new Failure(
          `The data folder ${dir} is in use by 'vouch start' (process ${process.pid}, since 2026-01-01T00:00:00.000Z). Stop it first, or name another folder.`,
        ),
      )
      expect(names()).toContain('log.db')
    } finally {
      held.right.release()
    }
  })
})

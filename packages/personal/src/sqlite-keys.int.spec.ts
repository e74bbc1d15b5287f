import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Subject } from '@vouch/domain'
import { left, right } from 'fp-ts/lib/Either.js'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type KeysOptions, openSubjectKeys } from './sqlite-keys.ts'

const anna: Subject = { programId: 'summer', kind: 'customer', id: 'anna' }
const bert: Subject = { programId: 'summer', kind: 'customer', id: 'bert' }
const master =
  (fill: number): KeysOptions['masterKey'] =>
  () =>
    right({ bytes: Buffer.alloc(32, fill), from: `master ${fill}` })

describe('the keys of subjects', () => {
  let folder: string
  let path: string
  const open = (masterKey = master(1)) => openSubjectKeys({ path, masterKey })
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'vouch-personal-'))
    path = join(folder, 'personal.db')
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  it('are one a subject, and the same after the file was opened again', () => {
    const keys = open()
    const [a, b] = [keys.keyFor(anna), keys.keyFor(bert)]
    expect(a).not.toStrictEqual(b)
    expect(keys.keyFor({ ...anna, programId: 'winter' })).not.toStrictEqual(a)
    expect(keys.keyFor({ ...anna, kind: 'visitor' })).not.toStrictEqual(a)
    keys.save()
    keys.close()
    const again = open()
    for (const [subject, key] of [
      [anna, a],
      [bert, b],
    ] as const) {
      if (key === 'forgotten') throw new Error('nobody was forgotten')
      const found = again.keyFor(subject)
      expect(found).toStrictEqual({ id: key.id, bytes: Buffer.from(key.bytes) })
      expect(again.byId(key.id)).toStrictEqual(found)
    }
    expect(again.count()).toStrictEqual({ keys: 4, forgotten: 0 })
    expect(again.programsOf('customer', 'anna')).toStrictEqual(['summer', 'winter'])
    again.close()
  })

  it('are not durable before they are saved, and the same until then', () => {
    const keys = open()
    const key = keys.keyFor(anna)
    expect(keys.keyFor(anna)).toBe(key)
    expect([keys.has(anna), keys.count()]).toStrictEqual([false, { keys: 0, forgotten: 0 }])
    keys.close()
    const again = open()
    expect(again.keyFor(anna)).not.toStrictEqual(key)
    again.close()
  })

  it.each([true, false])('are destroyed for good once somebody is forgotten (saved before: %s)', (saved) => {
    const keys = open()
    const key = keys.keyFor(anna)
    if (saved) keys.save()
    expect(keys.forget(anna, 1)).toBe(true)
    expect(keys.forget(anna, 2)).toBe(false)
    expect([keys.keyFor(anna), keys.has(anna)]).toStrictEqual(['forgotten', false])
    expect(keys.byId(key === 'forgotten' ? '' : key.id)).toBe(undefined)
    keys.save()
    keys.close()
    const again = open()
    expect([again.keyFor(anna), again.count()]).toStrictEqual(['forgotten', { keys: 0, forgotten: 1 }])
    again.close()
  })

  it('leave no trace in the file of what was destroyed, nor of the key that it was kept under', () => {
    const keys = open()
    const [a, b] = [keys.keyFor(anna), keys.keyFor(bert)]
    if (a === 'forgotten' || b === 'forgotten') throw new Error('nobody was forgotten')
    keys.save()
    const text = () => readFileSync(path).toString('latin1')
    expect([text().includes(a.id), text().includes(b.id)]).toStrictEqual([true, true])
    keys.forget(anna, 1)
    expect([text().includes(a.id), text().includes(b.id)]).toStrictEqual([false, true])
    expect(readFileSync(path).includes(Buffer.from(b.bytes))).toBe(false)
    keys.close()
  })

  it('are for the owner of the file alone', () => {
    open().close()
    expect(statSync(path).mode & 0o777).toBe(0o600)
  })

  it('can be had under their own master key alone; who lacks it can still forget', () => {
    const keys = open()
    keys.keyFor(anna)
    keys.save()
    keys.close()
    const says = `The master key from master 2 is not the one that ${path} was made with; use that one.`
    const other = open(master(2))
    for (const use of [() => other.check(), () => other.keyFor(anna), () => other.keyFor(bert)])
      expect(use).toThrow(says)
    expect([other.forget(anna, 1), other.count()]).toStrictEqual([true, { keys: 0, forgotten: 1 }])
    other.close()
  })

  it('ask for the master key when the first key is needed, and say whether there ever was one', () => {
    const asked: boolean[] = []
    const none: KeysOptions['masterKey'] = (isFirst) => {
      asked.push(isFirst)
      return left('There is no master key; make one.')
    }
    const keys = open(none)
    keys.check()
    keys.save()
    expect(asked).toStrictEqual([])
    expect(() => keys.keyFor(anna)).toThrow('There is no master key; make one.')
    keys.close()
    const made = open()
    made.keyFor(anna)
    made.close()
    const lost = open(none)
    expect(() => lost.check()).toThrow('There is no master key; make one.')
    expect(asked).toStrictEqual([true, false])
    lost.close()
  })

  it('are not taken from a file that is none of theirs', () => {
    writeFileSync(path, 'no database, but long enough to look like a file of something else')
    expect(() => open()).toThrow(
      `The keys of personal data in ${path} cannot be opened (file is not a database); bring back a copy of that file.`,
    )
  })
})

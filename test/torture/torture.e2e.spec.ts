import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Point, points } from './points.ts'
import { torture } from './torture.ts'

/** The long form is `npm run torture`. */
const seed = 20_261_122

const named = (...names: readonly string[]): Point[] =>
  names.map((name) => {
    const point = points.find((it) => it.name === name)
    if (point === undefined) throw new Error(`There is no point "${name}".`)
    return point
  })

describe('a process of vouch that is killed', { timeout: 120_000 }, () => {
  it('has lost nothing that it acknowledged, and counts nothing twice', async ({ annotate }) => {
    const chosen = named(
      "the log's tables are made, not committed",
      'after append, before acknowledgement',
      'after insert, before checkpoint',
      'an import has appended a part',
      'in the middle of a swap',
      'a table is dropped, and not made anew',
    )
    const { kills, acknowledged, startsMs, proofs } = await torture({ kills: 0, seed, points: chosen })
    expect(kills.map(({ at }) => at).sort()).toEqual(chosen.map(({ name }) => name).sort())
    expect(acknowledged).toBeGreaterThan(50)
    expect(proofs).toBe(1)
    await annotate(`the longest start took ${Math.round(startsMs.at(-1) ?? 0)} ms`)
  })
})

/** The harness can fail: what breaks a promise on purpose is noticed, and by whom it should be. */
describe('a process of vouch that breaks its promises', { timeout: 120_000 }, () => {
  let dir: string
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'vouch-sabotage-'))
  })
  afterEach(() => rmSync(dir, { recursive: true }))

  it.each<[string, string, number, RegExp]>([
    [
      'acknowledges before it commits',
      'an acknowledgement is sent',
      0,
      /was acknowledged as appended at 1, and is not in the log/,
    ],
    ['forgets what it has seen', 'an acknowledgement is sent', 4, /is in the log twice/],
    [
      'stores the checkpoint before the rows',
      'after checkpoint, before the pointer moves',
      0,
      /vouch verify .* ended with 1: The tables are not what the log says/,
    ],
  ])('as it %s, is found out', async (sabotage, point, kills, finding) => {
    const broken = torture({ kills, seed, points: named(point), dir, sabotage })
    await expect(broken).rejects.toMatchObject({ name: 'Broken', message: expect.stringMatching(finding) })
  })

  it('as it pays twice whatever it folds, is found out by the auditor', async () => {
    const broken = torture({
      ...{ kills: 0, seed, points: named('an acknowledgement is sent'), dir },
      ...{ sabotage: 'pays twice', sabotageProofs: true },
    })
    await expect(broken).rejects.toMatchObject({
      name: 'Broken',
      message: expect.stringMatching(/^reward\|\S+: the tables say -?\d+, the auditor says -?\d+\./),
    })
  })

  it('as its disk forgets what was synced, is found out', async () => {
    const copy = (from: string, to: string) => {
      for (const file of ['log.db', 'log.db-wal', 'log.db-shm']) {
        rmSync(to + file, { force: true })
        if (existsSync(from + file)) copyFileSync(from + file, to + file)
      }
    }
    const older = join(dir, 'older-')
    const broken = torture({
      ...{ kills: 0, seed, points: named('an acknowledgement is sent'), dir },
      meddle: { before: (folder) => copy(`${folder}/`, older), after: (folder) => copy(older, `${folder}/`) },
    })
    // Where the tables know of what is missing, vouch itself refuses to start.
    const found =
      /is not in the log|A server ended by itself .*The log ends at position \d+, but the tables know it up to \d+/s
    await expect(broken).rejects.toMatchObject({ name: 'Broken', message: expect.stringMatching(found) })
  })
})

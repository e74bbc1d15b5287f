import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Owner, ownerOn, schema } from './fixtures/owner.ts'

/** What happens to an index: two owners on one file, who add, roll back, and open it again. */
type Step =
  | {
      readonly tag: 'insert'
      readonly who: 0 | 1
      readonly hashes: readonly number[]
      readonly ending: 'COMMIT' | 'ROLLBACK'
    }
  | { readonly tag: 'reopen'; readonly who: 0 | 1 }

// Few of them, so that some have many values; at both ends of what a hash can be.
const hash = fc.constantFrom(-(2 ** 47), -7, -1, 0, 1, 5, 2 ** 32 - 1, 2 ** 32, 2 ** 32 + 5, 2 ** 47 - 1)
const who = fc.constantFrom(0 as const, 1 as const)
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      tag: fc.constant('insert' as const),
      who,
      hashes: fc.array(hash, { maxLength: 9 }),
      ending: fc.constantFrom('COMMIT' as const, 'COMMIT' as const, 'COMMIT' as const, 'ROLLBACK' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ tag: fc.constant('reopen' as const), who }) },
)

describe('an index by hash', () => {
  it('finds what a list would, whoever adds, rolls back, merges or opens it again', () => {
    const dir = mkdtempSync(join(tmpdir(), 'vouch-hash-index-'))
    const empty = join(dir, 'empty.db')
    const db = new DatabaseSync(empty)
    db.exec(schema)
    db.close()
    let runs = 0
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 40 }),
        fc.record({
          entriesInMemory: fc.integer({ min: 1, max: 6 }),
          fanOut: fc.integer({ min: 2, max: 3 }),
          entriesPerChunk: fc.integer({ min: 1, max: 3 }),
          chunksPerSegment: fc.integer({ min: 1, max: 3 }),
        }),
        (steps, sizes) => {
          const path = join(dir, `${runs++}.db`)
          copyFileSync(empty, path)
          const open = () => {
            const file = new DatabaseSync(path)
            file.exec('PRAGMA synchronous = OFF; PRAGMA journal_mode = MEMORY')
            return ownerOn(file, sizes)
          }
          const owners: [Owner, Owner] = [open(), open()]
          const model: number[] = []
          for (const happening of steps) {
            const owner = owners[happening.who]
            if (happening.tag === 'reopen') {
              owner.db.close()
              owners[happening.who] = open()
            } else {
              owner.insert(happening.hashes, happening.ending)
              if (happening.ending === 'COMMIT') model.push(...happening.hashes)
            }
            for (const searched of new Set([...model, 3])) {
              const values = model.flatMap((it, place) => (it === searched ? [place + 1] : []))
              expect(owners[happening.who].find(searched)).toEqual(values)
              expect([...owners[happening.who].index.values(searched)]).toEqual(values)
            }
            expect(owners[happening.who].index.size).toBe(model.length)
          }
          for (const owner of owners) expect(owner.check()).toEqual([])
          for (const { db } of owners) db.close()
          rmSync(path)
        },
      ),
      { numRuns: 300 },
    )
    rmSync(dir, { recursive: true })
  })
})

import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import { DamagedIndex } from './damaged.ts'
import { newOwner, type Owner, ownerOn, tiny } from './fixtures/owner.ts'
import { mix } from './hash.ts'
import { openHashIndex } from './hash-index.ts'
import { hashIndexSchema } from './tables.ts'

/** Hashes as SHA-256 would give them: the same for the same numbers. */
const hashes = (from: number, count: number): number[] =>
  Array.from({ length: count }, (_, nth) => mix(0, from + nth, 1) * 2 ** 16 + (mix(from + nth, 0, 2) & 0xffff))

const filled = (count: number, perTransaction: number, sizes?: Parameters<typeof newOwner>[0]): Owner => {
  const owner = newOwner(sizes)
  for (let from = 0; from < count; from += perTransaction) owner.insert(hashes(from, perTransaction))
  return owner
}

const numbers = (owner: Owner, sql: string): unknown[] => owner.db.prepare(sql).all().flatMap(Object.values)

describe('an index by hash', () => {
  it.each([1, 7, 100, 3000])(
    'keeps few runs, and no chunk that is in none, when %i rows are added at a time',
    (size) => {
      const owner = newOwner({ entriesInMemory: 16, fanOut: 4, entriesPerChunk: 4, chunksPerSegment: 2 })
      for (let from = 0; from < 3000; from += size) {
        owner.insert(hashes(from, size))
        const runs = numbers(owner, "SELECT count(*) FROM owned_by_hash_runs WHERE state = 'made'")[0]
        // Four levels of less than four runs each, and as many again that are being merged or have come meanwhile.
        expect(runs).toBeLessThanOrEqual(32)
      }
      for (const [at, hash] of hashes(0, 3000).entries()) expect(owner.find(hash)).toEqual([at + 1])
      for (let turn = 0; turn < 1500; turn += 1) owner.insert(hashes(3000 + turn, 1))
      const [entries, chunks] = [
        numbers(owner, "SELECT sum(entries) FROM owned_by_hash_runs WHERE state <> 'dropped'")[0],
        numbers(owner, 'SELECT sum(length(body)) / 10 FROM owned_by_hash_chunks')[0],
      ]
      expect(Number(chunks)).toBeLessThan(1.5 * Number(entries))
      expect(owner.check()).toEqual([])
    },
  )

  it('writes what is added at most once a level, in steps that are bounded', () => {
    const owner = newOwner({ entriesInMemory: 64, fanOut: 4, entriesPerChunk: 4, chunksPerSegment: 4 })
    let written = 0
    const chunks = () => new Set(numbers(owner, 'SELECT id FROM owned_by_hash_chunks'))
    let before = chunks()
    for (let from = 0; from < 5000; from += 10) {
      owner.insert(hashes(from, 10))
      const now = chunks()
      const added = [...now].filter((id) => !before.has(id)).length
      // A sealed run has 73 entries at most; ten rows let 50 be merged, four segments with what was left over.
      expect(added).toBeLessThanOrEqual(19 + 16)
      written += added * 4
      before = now
    }
    // Sealed, then merged into runs of 256, 1,024 and 4,096 at most.
    expect(written).toBeLessThan(4.2 * 5000)
  })

  it('does not look at the disk for a hash that is not there, and holds about two bytes an entry in memory', () => {
    const owner = filled(60_000, 1000, { entriesInMemory: 5000 })
    expect(owner.index.size).toBe(60_000)
    // Of 40,000 twice, as they are being merged; and the table of what is not in runs.
    expect(owner.index.memoryBytes).toBeLessThan(100_000 * 2.2 + 8192 * 26)
    owner.db.exec('DELETE FROM owned_by_hash_chunks')
    let looked = 0
    for (const hash of hashes(100_000, 10_000)) {
      try {
        expect(owner.find(hash)).toEqual([])
      } catch (error) {
        expect(error).toBeInstanceOf(DamagedIndex)
        looked += 1
      }
    }
    expect(looked).toBeLessThan(200)
    expect(() => owner.find(hashes(0, 1)[0] as number)).toThrow(
      /^The index owned_by_hash holds undefined where its schema/,
    )
  })

  it('gives all values of a hash that many have, in the order of the rows', () => {
    const owner = newOwner({ entriesInMemory: 1000, entriesPerChunk: 20 })
    for (let from = 0; from < 20_000; from += 500)
      owner.insert(Array.from({ length: 500 }, (_, nth) => ((from + nth) % 2 === 0 ? 77 : from + nth)))
    const even = Array.from({ length: 10_000 }, (_, nth) => 2 * nth + 1)
    expect(owner.find(77)).toEqual(even.toSpliced(39, 0, 78))
    expect([...owner.index.values(77)]).toEqual(even.toSpliced(39, 0, 78))
    expect(owner.find(79)).toEqual([80])
    expect(owner.check()).toEqual([])
  })

  it('is opened again without a look at the rows or at what is in runs, whatever sizes it has then', () => {
    const owner = filled(1003, 10)
    owner.db.exec('CREATE TABLE away AS SELECT * FROM owned_by_hash_chunks; DELETE FROM owned_by_hash_chunks')
    const index = openHashIndex(owner.db, { name: 'owned_by_hash' })
    index.refresh()
    expect([index.size, index.newest]).toEqual([owner.index.size, owner.index.newest])
    owner.db.exec('INSERT INTO owned_by_hash_chunks SELECT * FROM away')
    for (const [at, hash] of hashes(0, 1003).entries()) expect(index.find(hash)).toEqual([at + 1])
    const larger = ownerOn(owner.db, { entriesInMemory: 100, fanOut: 3, entriesPerChunk: 7, chunksPerSegment: 3 })
    for (let from = 1010; from < 3010; from += 40) larger.insert(hashes(from, 40))
    for (const [at, hash] of hashes(0, 3010).entries()) expect(larger.find(hash)).toEqual([at + 1])
    expect(larger.check()).toEqual([])
  })

  it('lives beside others in one file', () => {
    const db = new DatabaseSync(':memory:')
    const indexes = ['one', 'other'].map((name) => {
      db.exec(hashIndexSchema(name))
      const index = openHashIndex(db, { ...tiny, name })
      index.refresh()
      return index
    })
    for (let value = 1; value <= 50; value += 1) {
      for (const [nth, index] of indexes.entries()) {
        index.add(value % 5, value * (nth + 1))
        index.step()
      }
    }
    expect(indexes.map((index) => index.find(3).slice(0, 3))).toEqual([
      [3, 8, 13],
      [6, 16, 26],
    ])
  })

  it('takes several hashes of one value', () => {
    const db = new DatabaseSync(':memory:')
    db.exec(hashIndexSchema('words'))
    const index = openHashIndex(db, { ...tiny, name: 'words' })
    index.refresh()
    for (let value = 1; value <= 20; value += 1) {
      for (const hash of [value, 100, 200]) index.add(hash, value)
      index.step()
    }
    const all = Array.from({ length: 20 }, (_, nth) => nth + 1)
    expect([index.find(100), index.find(200), index.find(7)]).toEqual([all, all, [7]])
    expect(
      index.check((after, upTo) =>
        all
          .filter((it) => it > after && it <= upTo)
          .flatMap((it) => [
            [it, it],
            [200, it],
            [100, it],
          ]),
      ),
    ).toEqual([])
  })
})

describe('an index that is used wrongly', () => {
  it('says what would be right', () => {
    expect(() => hashIndexSchema('a; DROP')).toThrow("An index's name must be of a to z and _, not a; DROP.")
    const { db } = newOwner()
    const index = openHashIndex(db, { name: 'owned_by_hash' })
    for (const use of [() => index.find(1), () => index.add(1, 1), () => index.step(), () => [...index.values(1)]])
      expect(use).toThrow('The index owned_by_hash must be refreshed first.')
    index.refresh()
    for (const hash of [2 ** 48, -(2 ** 47) - 1, 0.5, Number.NaN])
      expect(() => index.add(hash, 1)).toThrow(`A hash must be a whole number of 48 bits, not ${hash}.`)
    for (const value of [0, 1.5])
      expect(() => index.add(1, value)).toThrow(`A value must be a whole number from 1 on, not ${value}.`)
    index.add(1, 7)
    expect(() => index.add(1, 6)).toThrow('A value must be a whole number from 7 on, not 6.')
    expect(() => index.add(1, 2 ** 32 + 7)).toThrow('Values in memory may not lie 4294967295 apart: 7 and 4294967303.')
  })

  it('must be refreshed after a step failed, and then has what the file has', () => {
    const owner = filled(1000, 10)
    owner.db.exec("CREATE TRIGGER full BEFORE INSERT ON owned_by_hash_recent BEGIN SELECT raise(ABORT, 'no disk'); END")
    for (const count of [1, 30]) {
      expect(() => owner.insert(hashes(5000, count))).toThrow('no disk')
      owner.db.exec('ROLLBACK')
      owner.index.rollback()
      expect(owner.find(hashes(5000, 1)[0] as number)).toEqual([])
      expect(owner.check()).toEqual([])
    }
    owner.db.exec('DROP TRIGGER full')
    owner.insert(hashes(5000, 3))
    expect(hashes(5000, 3).map(owner.find)).toEqual([[1001], [1002], [1003]])
  })
})

describe('the check of an index', () => {
  const changed = (sql: string): string[] => {
    const owner = filled(400, 10, { entriesInMemory: 30, fanOut: 3, entriesPerChunk: 5, chunksPerSegment: 2 })
    expect(owner.check()).toEqual([])
    owner.db.exec(sql)
    return ownerOn(owner.db).check()
  }
  const one = (table: string, change: string) =>
    `UPDATE owned_by_hash_${table} SET ${change} WHERE id = (SELECT min(id) FROM owned_by_hash_${table})`

  it.each([
    [
      'a row whose hash is another one',
      'UPDATE owned SET hash = hash + 1 WHERE id = 17',
      ['owned_by_hash: row 17 is missing'],
    ],
    [
      'a row that is gone',
      'DELETE FROM owned WHERE id = 17',
      [expect.stringMatching(/^owned_by_hash: it has \d+ entries of \d+ rows$/)],
    ],
    [
      'a chunk that is gone',
      'DELETE FROM owned_by_hash_chunks WHERE id = (SELECT min(id) FROM owned_by_hash_chunks)',
      [expect.stringMatching(/holds undefined where its schema/)],
    ],
    [
      'a chunk with another value',
      one('chunks', "body = CAST(substr(body, 1, 19) || x'ff' || substr(body, 21) AS BLOB)"),
      [expect.stringMatching(/row \d+ is missing$/)],
    ],
    [
      'a chunk that is cut',
      one('chunks', 'body = substr(body, 1, 30)'),
      [expect.stringMatching(/rows \d+ to \d+ have \d+ entries instead of \d+$/)],
    ],
    [
      'half an entry',
      one('chunks', 'body = substr(body, 1, 35)'),
      [expect.stringMatching(/holds entries of 35 bytes where/)],
    ],
    [
      'entries in another order',
      one(
        'chunks',
        'body = CAST(substr(body, 1, 10) || substr(body, 21, 10) || substr(body, 11, 10) || substr(body, 31) AS BLOB)',
      ),
      [expect.stringMatching(/chunk 0 is not sorted$/)],
    ],
    [
      'a filter that lost something',
      one('segments', 'body = CAST(substr(body, 1, length(body) - 64) || zeroblob(64) AS BLOB)'),
      [expect.stringMatching(/row \d+ is missing from the filter$/)],
    ],
    [
      'a segment that looks for another hash',
      one('segments', "body = CAST(substr(body, 1, 14) || x'000000000001' || substr(body, 21) AS BLOB)"),
      [expect.stringMatching(/chunk 1 begins with another hash$/)],
    ],
  ])('finds %s', (_, sql, findings) => {
    expect(changed(sql)).toEqual(findings)
  })

  it.each([
    ['a segment that is none', one('segments', "body = x'0000'"), /A segment of an index holds 2 bytes/],
    ['a run in no state', one('runs', "state = 'lost'"), /holds lost where its schema/],
    [
      'a list that is none',
      "UPDATE owned_by_hash_recent SET body = x'0000'",
      /holds entries of 2 bytes where its schema/,
    ],
  ])('is not begun with %s', (_, sql, message) => {
    expect(() => changed(sql)).toThrow(message)
  })
})

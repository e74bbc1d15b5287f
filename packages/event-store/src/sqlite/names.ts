import type { DatabaseSync } from 'node:sqlite'
import { type HashIndexSizes, openHashIndex } from '@vouch/hash-index'
import type { NameHash } from './identity-hash.ts'
import { nameIndex } from './schema.ts'

/** The names of an event: its identity, and its stream unless that is named by the identity. */
export interface Named {
  readonly identity: string
  readonly stream: string | null
}

/**
 * Where names are in the log: the index of identities and streams in one. A fact has one name for both, so that one look
 * says of a new one that neither its identity nor its stream is there.
 */
export interface Names {
  /** What others have written is seen from then on. To be called first in a transaction. */
  begin(): void
  /** To be called last in a transaction that wrote something. */
  write(): void
  rollback(): void
  /** Positions at which a name may be, ascending: those of names with its hash. */
  positions(name: string): readonly number[]
  /** Whether these are names that positions with the hash of `name` can have; if not, the row is damaged. */
  mayBe(name: string, named: Named): boolean
  add(named: Named, position: number): void
  /** The newest position that has names; 0 if none has. */
  readonly newest: number
  /** What is wrong with the index, one sentence each, given all names of the positions from `after` to `upTo`. */
  check(scan: (after: number, upTo: number) => Iterable<readonly [named: Named, position: number]>): string[]
}

export const namesOn = (db: DatabaseSync, nameHash: NameHash, sizes: HashIndexSizes): Names => {
  const index = openHashIndex(db, { ...sizes, name: nameIndex })
  const none: readonly number[] = []
  // One append asks for the same name several times in a row.
  let asked = { name: '', hash: nameHash(''), positions: none, isKnown: false }

  const ask = (name: string) => {
    if (asked.name !== name) asked = { name, hash: nameHash(name), positions: none, isKnown: false }
    return asked
  }
  const hashesOf = ({ identity, stream }: Named): readonly number[] => {
    const hash = ask(identity).hash
    if (stream === null) return [hash]
    const streamHash = nameHash(stream)
    return hash === streamHash ? [hash] : [hash, streamHash]
  }

  return {
    begin: () => {
      asked.isKnown = false
      index.refresh()
    },
    write: () => index.step(),
    rollback: () => index.rollback(),
    positions: (name) => {
      const it = ask(name)
      if (!it.isKnown) {
        it.positions = index.find(it.hash)
        it.isKnown = true
      }
      return it.positions
    },
    mayBe: (name, named) => {
      const { hash } = ask(name)
      return nameHash(named.identity) === hash || (named.stream !== null && nameHash(named.stream) === hash)
    },
    add: (named, position) => {
      for (const hash of hashesOf(named)) index.add(hash, position)
      asked.isKnown = false
    },
    get newest() {
      return index.newest
    },
    check: (scan) =>
      index.check(function* (after, upTo) {
        for (const [named, position] of scan(after, upTo))
          for (const hash of hashesOf(named)) yield [hash, position] as const
      }),
  }
}

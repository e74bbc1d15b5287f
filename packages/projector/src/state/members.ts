import { rowsPerStep } from './entities.ts'
import type { KeyHash } from './key-hash.ts'
import type { Names } from './names.ts'
import type { StateFile } from './state-file.ts'

interface Index {
  /** By key, what was said of each member since the last checkpoint: that it is in, or that it is not. */
  readonly changed: Map<string, Map<string, boolean>>
  /** Its number in the file; undefined as long as the file has none of it. */
  id: number | undefined
}

/**
 * Sets of members by index and key: those in the file, and what was added and removed since. They are often added to and
 * rarely read, so the file has what was said of them, one row after the other, and the last word counts.
 */
export class Members {
  readonly #names: Names
  readonly #hash: KeyHash
  readonly #index: ReturnType<StateFile['index']>
  readonly #read: ReturnType<StateFile['rows']>
  readonly #insert: ReturnType<StateFile['writer']>
  readonly #indexes = new Map<string, Index>()
  #newestId: number
  #changes = 0

  constructor(file: StateFile, names: Names, hash: KeyHash) {
    this.#names = names
    this.#hash = hash
    this.#read = file.rows('SELECT name, key, member, present FROM member WHERE id = ?')
    this.#insert = file.writer('INSERT INTO member (id, name, key, member, present) VALUES (?, ?, ?, ?, ?)')
    this.#index = file.index('member')
    this.#index.refresh()
    this.#newestId = this.#index.newest
  }

  /** How many members were added or removed since the last checkpoint. */
  get changes(): number {
    return this.#changes
  }

  set(name: string, key: string, member: string, present: boolean): void {
    const { changed } = this.#indexOf(name)
    let members = changed.get(key)
    if (members === undefined) {
      members = new Map()
      changed.set(key, members)
    }
    if (!members.has(member)) this.#changes++
    members.set(member, present)
  }

  of(name: string, key: string): string[] {
    const { changed, id } = this.#indexOf(name)
    const found = new Set(id === undefined ? [] : this.#inFile(id, key))
    for (const [member, present] of changed.get(key) ?? []) {
      if (present) found.add(member)
      else found.delete(member)
    }
    return [...found].sort()
  }

  /** As `Entities.write`. */
  *write(): Generator<void> {
    this.#index.refresh()
    for (const [name, index] of this.#indexes) {
      if (index.changed.size === 0) continue
      index.id = this.#names.ensure(name)
      for (const [key, members] of index.changed) {
        for (const [member, present] of members) {
          this.#insert(++this.#newestId, index.id, key, member, present ? 1 : 0)
          this.#index.add(this.#hash(index.id, key), this.#newestId)
          if (this.#newestId % rowsPerStep === 0) this.#index.step()
        }
        index.changed.delete(key)
        this.#changes -= members.size
        yield
      }
    }
    this.#index.step()
  }

  #inFile(nameId: number, key: string): Set<string> {
    const found = new Set<string>()
    for (const id of this.#index.find(this.#hash(nameId, key))) {
      const [row] = this.#read(id)
      if (row?.[0] !== nameId || row[1] !== key) continue
      if (row[3] === 1) found.add(String(row[2]))
      else found.delete(String(row[2]))
    }
    return found
  }

  #indexOf(name: string): Index {
    const known = this.#indexes.get(name)
    if (known) return known
    const index: Index = { changed: new Map(), id: this.#names.idOf(name) }
    this.#indexes.set(name, index)
    return index
  }
}

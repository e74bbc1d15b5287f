import type { Names } from './names.ts'
import type { StateFile } from './state-file.ts'

interface Index {
  /** By key, what was said of each member since the last checkpoint: that it is in, or that it is not. */
  readonly changed: Map<string, Map<string, boolean>>
  /** Its number in the file; undefined as long as the file has none of it. */
  id: number | undefined
}

/** Sets of members by index and key: those in the file, and what was added and removed since. */
export class Members {
  readonly #names: Names
  readonly #read: ReturnType<StateFile['rows']>
  readonly #insert: ReturnType<StateFile['writer']>
  readonly #delete: ReturnType<StateFile['writer']>
  readonly #indexes = new Map<string, Index>()
  #changes = 0

  constructor(file: StateFile, names: Names) {
    this.#names = names
    this.#read = file.rows('SELECT member FROM member WHERE name = ? AND key = ?')
    this.#insert = file.writer('INSERT OR IGNORE INTO member (name, key, member) VALUES (?, ?, ?)')
    this.#delete = file.writer('DELETE FROM member WHERE name = ? AND key = ? AND member = ?')
  }

  /** How many members were added or removed since the last checkpoint. */
  get changes(): number {
    return this.#changes
  }

  set(name: string, key: string, member: string, present: boolean): void {
    const { changed } = this.#index(name)
    let members = changed.get(key)
    if (members === undefined) {
      members = new Map()
      changed.set(key, members)
    }
    if (!members.has(member)) this.#changes++
    members.set(member, present)
  }

  of(name: string, key: string): string[] {
    const { changed, id } = this.#index(name)
    const found = new Set(id === undefined ? [] : this.#read(id, key).map(([member]) => String(member)))
    for (const [member, present] of changed.get(key) ?? []) {
      if (present) found.add(member)
      else found.delete(member)
    }
    return [...found].sort()
  }

  /** As `Entities.write`. */
  *write(): Generator<void> {
    for (const [name, index] of this.#indexes) {
      if (index.changed.size === 0) continue
      index.id = this.#names.ensure(name)
      for (const key of [...index.changed.keys()].sort()) {
        const members = index.changed.get(key) as Map<string, boolean>
        for (const [member, present] of members) (present ? this.#insert : this.#delete)(index.id, key, member)
        index.changed.delete(key)
        this.#changes -= members.size
        yield
      }
    }
  }

  #index(name: string): Index {
    const known = this.#indexes.get(name)
    if (known) return known
    const index: Index = { changed: new Map(), id: this.#names.idOf(name) }
    this.#indexes.set(name, index)
    return index
  }
}

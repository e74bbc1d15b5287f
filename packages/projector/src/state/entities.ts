import type { Names } from './names.ts'
import type { StateFile } from './state-file.ts'

/** What an entry takes beyond the text of its value, roughly, in bytes. */
const entryBytes = 100

interface Entry {
  /** Undefined stands for a value that is not there: most keys are asked for before they are first put. */
  value: unknown
  bytes: number
  /** Put since the last checkpoint. */
  changed: boolean
}

interface Kind {
  readonly changed: Map<string, Entry>
  young: Map<string, Entry>
  old: Map<string, Entry>
  /** Its number in the file; undefined as long as the file has none of it. */
  id: number | undefined
}

/**
 * Values by kind and key, cached in two halves: what is used goes to the young one, and when that is full it becomes the
 * old one and the old one is forgotten. This keeps what is in use without bookkeeping a read. What was put since the last
 * checkpoint is held besides, whether it is used or not.
 *
 * Only `forget` forgets, so that between two calls of it every `get` of a key gives the same live object.
 */
export class Entities {
  readonly #file: StateFile
  readonly #names: Names
  readonly #read: ReturnType<StateFile['rows']>
  readonly #readKeys: ReturnType<StateFile['iterate']>
  readonly #write: ReturnType<StateFile['writer']>
  readonly #halfBytes: number
  readonly #kinds = new Map<string, Kind>()
  #youngBytes = 0
  #changes = 0

  constructor(file: StateFile, names: Names, cacheBytes: number) {
    this.#file = file
    this.#names = names
    this.#halfBytes = cacheBytes / 2
    this.#read = file.rows('SELECT value FROM entity WHERE kind = ? AND key = ?')
    this.#readKeys = file.iterate('SELECT key FROM entity WHERE kind = ? AND key >= ? ORDER BY key')
    this.#write = file.writer(
      'INSERT INTO entity (kind, key, value) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value',
    )
  }

  /** How many values were put since the last checkpoint. */
  get changes(): number {
    return this.#changes
  }

  get(name: string, key: string): unknown {
    const kind = this.#kind(name)
    return (kind.young.get(key) ?? this.#recall(kind, key))?.value
  }

  put(name: string, key: string, value: unknown): void {
    const kind = this.#kind(name)
    const entry = kind.young.get(key) ?? kind.changed.get(key) ?? this.#keep(kind, key, undefined, 0)
    entry.value = value
    if (entry.changed) return
    entry.changed = true
    kind.changed.set(key, entry)
    this.#changes++
  }

  keys(name: string, prefix: string): string[] {
    const kind = this.#kind(name)
    const found = new Set<string>()
    if (kind.id !== undefined) {
      // In SQLite's order, that of the bytes, keys with one prefix lie side by side too.
      for (const [key] of this.#readKeys(kind.id, prefix)) {
        if (!String(key).startsWith(prefix)) break
        found.add(String(key))
      }
    }
    for (const key of kind.changed.keys()) if (key.startsWith(prefix)) found.add(key)
    return [...found].sort()
  }

  /** Lets go of what was not used for long. Whatever `get` gave before may afterwards no longer be what it gives. */
  forget(): void {
    if (this.#youngBytes < this.#halfBytes) return
    for (const kind of this.#kinds.values()) {
      kind.old = kind.young
      kind.young = new Map()
    }
    this.#youngBytes = 0
  }

  /** Writes what was put, in a transaction of the caller's; each step writes one value. No `put` may come between them. */
  *write(): Generator<void> {
    for (const [name, kind] of this.#kinds) {
      if (kind.changed.size === 0) continue
      kind.id = this.#names.ensure(name)
      // Keys side by side are on the same pages.
      for (const key of [...kind.changed.keys()].sort()) {
        const entry = kind.changed.get(key) as Entry
        const text = JSON.stringify(entry.value)
        this.#write(kind.id, key, text)
        this.#forgetChange(kind, key, entry, text.length)
        this.forget()
        yield
      }
    }
  }

  #kind(name: string): Kind {
    const known = this.#kinds.get(name)
    if (known) return known
    const kind: Kind = { changed: new Map(), young: new Map(), old: new Map(), id: this.#names.idOf(name) }
    this.#kinds.set(name, kind)
    return kind
  }

  /** What is not in the young half; undefined if nothing of its kind was ever put. */
  #recall(kind: Kind, key: string): Entry | undefined {
    const known = kind.changed.get(key) ?? kind.old.get(key)
    if (known) {
      kind.young.set(key, known)
      this.#youngBytes += known.bytes
      return known
    }
    if (kind.id === undefined) return undefined
    const text = this.#read(kind.id, key)[0]?.[0]
    if (text === undefined) return this.#keep(kind, key, undefined, key.length + entryBytes)
    const json = String(text)
    return this.#keep(kind, key, this.#file.parse(json, JSON.parse), json.length + key.length + entryBytes)
  }

  #keep({ young }: Kind, key: string, value: unknown, bytes: number): Entry {
    const entry = { value, bytes, changed: false }
    young.set(key, entry)
    this.#youngBytes += bytes
    return entry
  }

  /** From now on the file has it. */
  #forgetChange(kind: Kind, key: string, entry: Entry, textLength: number): void {
    const bytes = textLength + key.length + entryBytes
    // A value that is not in the young half has been put long ago and not been used since.
    if (kind.young.get(key) === entry) this.#youngBytes += bytes - entry.bytes
    entry.bytes = bytes
    entry.changed = false
    kind.changed.delete(key)
    this.#changes--
  }
}

import type { Packing } from '../projection.ts'
import type { KeyHash } from './key-hash.ts'
import type { Names } from './names.ts'
import type { StateFile } from './state-file.ts'

/** After so many new rows the index is given a turn: a checkpoint may have very many. */
export const rowsPerStep = 1000

/** Rows that a scan reads at once. */
const rowsPerScan = 256

/** So many values are objects at once; then they become texts, before they are old enough to cost a collector's time. */
const mostLive = 512

/** What an entry takes beyond the text of its value, roughly, in bytes. */
const entryBytes = 150

interface Entry {
  readonly key: string
  /** Live, while somebody may have it; with neither this nor a text there is no such value. */
  value: unknown
  /** As the file has it, or is to have it: a hundred bytes where the objects that it stands for are a thousand, in dozens
   * of pieces. Undefined while `value` is newer. */
  text: string | undefined
  bytes: number
  /** Which of the young halves it was in last. */
  half: number
  /** Put since the last checkpoint. */
  changed: boolean
  /** Of its row; 0 if it has none yet, undefined as long as that was not looked up. */
  id: number | undefined
  readonly packing: Packing
}

interface Kind {
  /** Those that were put since the last checkpoint; each is in one of the halves besides. */
  changed: Entry[]
  young: Map<string, Entry>
  old: Map<string, Entry>
  /** Its number in the file; undefined as long as the file has none of it. */
  id: number | undefined
  readonly packing: Packing
}

/** How the values of each kind are kept; kinds that it does not have are kept as they are. */
export type Packings = ReadonlyMap<string, Packing>

const asItIs: Packing = { pack: (value) => value, unpack: (packed) => packed }

/**
 * Values by kind and key, cached in two halves: what is used goes to the young one, and when that is full it becomes the
 * old one and the old one is forgotten, but for what was put since the last checkpoint. This keeps what is in use without
 * bookkeeping a read. Values are objects for the few events after they were asked for, and text otherwise.
 *
 * Only `forget` and `write` forget, so that between two calls of these every `get` of a key gives the same live object.
 */
export class Entities {
  readonly #file: StateFile
  readonly #names: Names
  readonly #hash: KeyHash
  readonly #packings: Packings
  readonly #index: ReturnType<StateFile['index']>
  readonly #read: ReturnType<StateFile['rows']>
  readonly #readKeys: ReturnType<StateFile['iterate']>
  readonly #readOn: ReturnType<StateFile['rows']>
  readonly #insert: ReturnType<StateFile['writer']>
  readonly #update: ReturnType<StateFile['writer']>
  readonly #halfBytes: number
  readonly #kinds = new Map<string, Kind>()
  /** Those whose values are objects. */
  #live: Entry[] = []
  /** How many young halves there were before this one. */
  #half = 0
  #newestId: number
  #youngBytes = 0
  #changes = 0
  /** How often what was put was written. */
  #writes = 0

  constructor(file: StateFile, names: Names, hash: KeyHash, cacheBytes: number, packings: Packings) {
    this.#file = file
    this.#packings = packings
    this.#names = names
    this.#hash = hash
    this.#halfBytes = cacheBytes / 2
    this.#read = file.rows('SELECT kind, key, value FROM entity WHERE id = ?')
    this.#readKeys = file.iterate('SELECT key FROM entity WHERE kind = ?')
    this.#readOn = file.rows(
      `SELECT id, key, value FROM entity WHERE kind = ? AND id > ? AND id <= ? ORDER BY id LIMIT ${rowsPerScan}`,
    )
    this.#insert = file.writer('INSERT INTO entity (id, kind, key, value) VALUES (?, ?, ?, ?)')
    this.#update = file.writer('UPDATE entity SET value = ? WHERE id = ?')
    this.#index = file.index('entity')
    this.#index.refresh()
    this.#newestId = this.#index.newest
  }

  /** How many values were put since the last checkpoint. */
  get changes(): number {
    return this.#changes
  }

  get(name: string, key: string): unknown {
    const kind = this.#kind(name)
    const entry = kind.young.get(key) ?? this.#recall(kind, key)
    if (entry?.text === undefined || entry.value !== undefined) return entry?.value
    entry.value = this.#file.parse(entry.text, (text) => kind.packing.unpack(JSON.parse(text)))
    this.#live.push(entry)
    return entry.value
  }

  put(name: string, key: string, value: unknown): void {
    const kind = this.#kind(name)
    const entry = kind.young.get(key) ?? this.#rejuvenate(kind, key) ?? this.#keep(kind, key, undefined, 0, undefined)
    if (entry.value === undefined) this.#live.push(entry)
    entry.value = value
    entry.text = undefined
    if (entry.changed) return
    entry.changed = true
    kind.changed.push(entry)
    this.#changes++
  }

  keys(name: string, prefix: string): string[] {
    const kind = this.#kind(name)
    const found = new Set<string>()
    if (kind.id !== undefined) {
      for (const [key] of this.#readKeys(kind.id)) if (String(key).startsWith(prefix)) found.add(String(key))
    }
    for (const { key } of kind.changed) if (key.startsWith(prefix)) found.add(key)
    return [...found].sort()
  }

  /** As `FoldState.scan`; rows lie in the order in which their keys were first put. */
  *scan(name: string, prefix: string): Generator<readonly [key: string, value: unknown]> {
    const kind = this.#kind(name)
    const newest = this.#newestId
    const fresh = this.#inOrder(kind.changed, kind.id).flatMap(({ id, key }) => (id === 0 ? [key] : []))
    if (kind.id !== undefined) yield* this.#scanFile(kind, kind.id, newest, prefix)
    for (const key of fresh) if (key.startsWith(prefix)) yield [key, this.#peek(kind, key)]
  }

  *#scanFile(kind: Kind, kindId: number, newest: number, prefix: string) {
    for (let after = 0; ; ) {
      const rows = this.#readOn(kindId, after, newest)
      if (rows.length === 0) return
      const writes = this.#writes
      for (const [id, key, text] of rows) {
        after = Number(id)
        if (!String(key).startsWith(prefix)) continue
        yield [String(key), this.#peek(kind, String(key), String(text))] as const
        // What was read may no longer be what is written.
        if (this.#writes !== writes) break
      }
    }
  }

  /** @param text as the file has it, where it has been read */
  #peek(kind: Kind, key: string, text?: string): unknown {
    const entry = kind.young.get(key) ?? kind.old.get(key)
    if (entry?.value !== undefined) return entry.value
    const known = entry?.text ?? text ?? this.#find(kind.id as number, key)?.text
    return this.#file.parse(known as string, (packed) => kind.packing.unpack(JSON.parse(packed)))
  }

  /** Lets go of what was not used for long. Whatever `get` gave before may afterwards no longer be what it gives. */
  forget(): void {
    if (this.#live.length >= mostLive) this.#writeDown()
    if (this.#youngBytes < this.#halfBytes) return
    this.#youngBytes = 0
    this.#half++
    for (const kind of this.#kinds.values()) {
      const { old } = kind
      kind.old = kind.young
      kind.young = new Map()
      for (const entry of old.values()) {
        if (!entry.changed) continue
        this.#makeYoung(kind, entry)
      }
    }
  }

  /** Objects become the texts that stand for them. */
  #writeDown(): void {
    for (const entry of this.#live) {
      entry.text ??= JSON.stringify(entry.packing.pack(entry.value))
      entry.value = undefined
      const bytes = entry.text.length + entry.key.length + entryBytes
      if (entry.half === this.#half) this.#youngBytes += bytes - entry.bytes
      entry.bytes = bytes
    }
    this.#live = []
  }

  /**
   * Writes what was put, in a transaction of the caller's; each step writes one value. No `put` may come between them.
   * Rows are in the order in which their keys first came, so that what changes together lies side by side, whatever the
   * keys are.
   */
  *write(): Generator<void> {
    this.#writes++
    this.#writeDown()
    this.#index.refresh()
    for (const [name, kind] of this.#kinds) {
      if (kind.changed.length === 0) continue
      kind.id = this.#names.ensure(name)
      for (const entry of this.#inOrder(kind.changed, kind.id)) {
        const text = entry.text as string
        if (entry.id) this.#update(text, entry.id)
        else this.#append(kind.id, entry, text)
        entry.changed = false
        this.#changes--
        yield
      }
      kind.changed = []
    }
    this.#index.step()
  }

  /** Those that have rows first, as these lie in the file. */
  #inOrder(changed: readonly Entry[], kindId: number | undefined): Entry[] {
    const known: Entry[] = []
    const fresh: Entry[] = []
    for (const entry of changed) {
      entry.id ??= (kindId === undefined ? undefined : this.#find(kindId, entry.key)?.id) ?? 0
      ;(entry.id === 0 ? fresh : known).push(entry)
    }
    return known.sort((a, b) => (a.id as number) - (b.id as number)).concat(fresh)
  }

  #append(kindId: number, entry: Entry, text: string): void {
    entry.id = ++this.#newestId
    this.#insert(entry.id, kindId, entry.key, text)
    this.#index.add(this.#hash(kindId, entry.key), entry.id)
    if (entry.id % rowsPerStep === 0) this.#index.step()
  }

  #kind(name: string): Kind {
    const known = this.#kinds.get(name)
    if (known) return known
    const packing = this.#packings.get(name) ?? asItIs
    const kind: Kind = { changed: [], young: new Map(), old: new Map(), id: this.#names.idOf(name), packing }
    this.#kinds.set(name, kind)
    return kind
  }

  /** What is not in the young half; undefined if nothing of its kind was ever put. */
  #recall(kind: Kind, key: string): Entry | undefined {
    const known = this.#rejuvenate(kind, key)
    if (known) return known
    if (kind.id === undefined) return undefined
    const found = this.#find(kind.id, key)
    if (found === undefined) return this.#keep(kind, key, undefined, key.length + entryBytes, 0)
    return this.#keep(kind, key, found.text, found.text.length + key.length + entryBytes, found.id)
  }

  #rejuvenate(kind: Kind, key: string): Entry | undefined {
    const entry = kind.old.get(key)
    if (entry !== undefined) this.#makeYoung(kind, entry)
    return entry
  }

  #makeYoung({ young }: Kind, entry: Entry): void {
    young.set(entry.key, entry)
    entry.half = this.#half
    this.#youngBytes += entry.bytes
  }

  #find(kindId: number, key: string): { readonly id: number; readonly text: string } | undefined {
    for (const id of this.#index.find(this.#hash(kindId, key))) {
      const [row] = this.#read(id)
      if (row?.[0] === kindId && row[1] === key) return { id, text: String(row[2]) }
    }
    return undefined
  }

  #keep(kind: Kind, key: string, text: string | undefined, bytes: number, id: number | undefined): Entry {
    const { packing } = kind
    const entry = { key, value: undefined, text, bytes, half: this.#half, changed: false, id, packing }
    this.#makeYoung(kind, entry)
    return entry
  }
}

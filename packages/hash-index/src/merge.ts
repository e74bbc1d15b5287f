import { entriesOf, highAt, keyAt, lowAt, maxSpan, offsetAt } from './chunk.ts'
import { DamagedIndex } from './damaged.ts'
import type { Run } from './run.ts'
import type { Runs } from './runs.ts'
import type { SegmentWriter } from './segment.ts'
import type { IndexTables } from './tables.ts'

/**
 * Merges one segment's worth of entries: of the lowest level at which there is something to merge, as its runs are the
 * most and come the fastest. `fanOut` runs of a level, the oldest, become one of the next. How far it got is in the
 * file, so that a merge goes on where it was, in whatever process and after whatever end of the last one.
 * @returns false if there was nothing to merge
 */
export const mergeSegment = (runs: Runs, writer: SegmentWriter, fanOut: number): boolean => {
  const run = nextToMake(runs, fanOut)
  if (run === undefined) return false
  const sources = sourcesOf(run, runs)
  const cursors = sources.map((source, nth) => new Cursor(source, runs.tables, placeIn(run, nth)))
  const shifts = sources.map(({ row }) => row.after - run.row.after)

  writer.clear()
  while (!writer.isFull) {
    const nth = leastOf(cursors)
    const cursor = cursors[nth]
    if (cursor === undefined) break
    cursor.giveTo(writer, shifts[nth] as number)
  }
  const entries = run.row.entries + writer.count
  if (writer.count > 0) writer.writeTo(run, runs.tables)

  if (cursors.every(({ isDone }) => isDone)) {
    for (const source of sources) runs.put(source, { state: 'dropped' })
    runs.put(run, { state: 'made', entries, progress: null })
  } else {
    runs.put(run, { entries, progress: cursors.map(({ chunk, entry }) => `${chunk}:${entry}`).join(' ') })
  }
  return true
}

/**
 * Deletes two segments' worth of what has become part of another run: more than a merge adds meanwhile.
 * @returns false if there was nothing to delete
 */
export const deleteDropped = (runs: Runs, chunksPerSegment: number): boolean => {
  const [run] = runs.dropped
  if (run === undefined) return false
  if (!runs.tables.deleteSome(run.row.id, 2, 2 * chunksPerSegment)) runs.remove(run)
  return true
}

/** The run that is being made at the lowest level, or a new one if runs that can become one lie lower still. */
const nextToMake = (runs: Runs, fanOut: number): Run | undefined => {
  const making = [...runs.making].sort((a, b) => a.row.level - b.row.level)
  const isSource = (run: Run) => making.some((other) => isSourceOf(run, other))
  const free = runs.made.filter((run) => !isSource(run))
  const top = Math.max(0, ...free.map(({ row }) => row.level))
  for (let level = 0; level <= top; level += 1) {
    const begun = making.find(({ row }) => row.level === level + 1)
    if (begun) return begun
    const sources = free.filter(({ row }) => row.level === level).slice(0, fanOut)
    const [first, last] = [sources[0], sources.at(-1)]
    if (first === undefined || last === undefined || sources.length < fanOut) continue
    const [after, upTo] = [first.row.after, last.row.upTo]
    if (upTo - after > maxSpan) continue
    const progress = sources.map(() => '0:0').join(' ')
    return runs.create(
      { state: 'making', level: level + 1, after, upTo, progress },
      sources.reduce((sum, { row }) => sum + row.entries, 0),
    )
  }
  return making[0]
}

const isSourceOf = ({ row }: Run, made: Run): boolean =>
  row.level < made.row.level && row.after >= made.row.after && row.upTo <= made.row.upTo

const sourcesOf = (run: Run, runs: Runs): readonly Run[] => runs.made.filter((source) => isSourceOf(source, run))

const placeIn = (run: Run, nth: number): readonly [chunk: number, entry: number] => {
  const [chunk, entry] = (run.row.progress ?? '').split(' ')[nth]?.split(':').map(Number) ?? []
  if (Number.isSafeInteger(chunk) && Number.isSafeInteger(entry)) return [chunk as number, entry as number]
  throw new DamagedIndex(`A run of an index is being merged with a progress of '${run.row.progress}', which is none.`)
}

/** Of several with the same hash the first: its values are the lesser ones. -1 if all are done. */
const leastOf = (cursors: readonly Cursor[]): number => {
  let least = -1
  let key = Number.POSITIVE_INFINITY
  for (let nth = 0; nth < cursors.length; nth += 1) {
    const cursor = cursors[nth] as Cursor
    if (cursor.key < key) {
      least = nth
      key = cursor.key
    }
  }
  return least
}

/** A place in a run. */
class Cursor {
  chunk: number
  entry: number
  /** The hash there; infinite at the end. */
  key = Number.POSITIVE_INFINITY
  readonly #run: Run
  readonly #tables: IndexTables
  readonly #chunks: number
  #view: DataView | undefined

  constructor(run: Run, tables: IndexTables, [chunk, entry]: readonly [number, number]) {
    this.#run = run
    this.#tables = tables
    this.#chunks = run.chunks
    this.chunk = chunk
    this.entry = entry
    this.#read()
  }

  get isDone(): boolean {
    return this.#view === undefined
  }

  /** Gives the entry there and goes on to the next one. */
  giveTo(writer: SegmentWriter, shift: number): void {
    const view = this.#view as DataView
    writer.add(highAt(view, this.entry), lowAt(view, this.entry), offsetAt(view, this.entry) + shift)
    this.entry += 1
    if (this.entry < entriesOf(view)) {
      this.key = keyAt(view, this.entry)
    } else {
      this.chunk += 1
      this.entry = 0
      this.#read()
    }
  }

  #read(): void {
    this.#view = this.chunk < this.#chunks ? this.#tables.chunk(this.#run.row.id, this.chunk) : undefined
    if (this.#view !== undefined && this.entry >= entriesOf(this.#view))
      throw new DamagedIndex(
        `Chunk ${this.chunk} of an index has ${entriesOf(this.#view)} entries, and is merged from ${this.entry} on.`,
      )
    this.key = this.#view === undefined ? Number.POSITIVE_INFINITY : keyAt(this.#view, this.entry)
  }
}

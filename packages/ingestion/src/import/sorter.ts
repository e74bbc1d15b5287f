import { createArena } from './arena.ts'
import { mergeRuns, type Run } from './merge.ts'
import { openSpool, type Spool } from './spool.ts'

/** Order is by key, then by number; no two items have the same number. */
export interface Sortable {
  readonly key: number
  readonly seq: number
}

/** How items are kept. */
export interface Codec<T> {
  /** One line of text, without a line break. */
  encode(item: T): string
  decode(line: string): T
}

export interface SorterOptions<T> {
  readonly codec: Codec<T>
  /** Memory for items; what goes beyond it is spilled to a temporary file. */
  readonly budgetBytes: number
  /** Folder of the temporary file. */
  readonly tmpDir: string
}

/** Sorts any number of items in bounded memory. Items that come in order already are written and read once, as one run. */
export interface Sorter<T> {
  /** If it gives a promise, the next item may come when that has resolved. */
  add(item: T): Promise<void> | undefined
  /** Ends the adding. */
  finish(): Promise<Sorted<T>>
  close(): Promise<void>
}

export interface Sorted<T> {
  readonly count: number
  /** All items in order, in batches; may be called again. */
  scan(batchSize: number): AsyncIterable<readonly T[]>
}

/** Above so many runs, groups of them are merged first, so that each has a buffer worth its name. */
const maxFanIn = 64

/** Items of a batch in merges that lead to further merges. */
const mergeBatch = 1000

/** All of its functions throw SpoolError where there is no room for the temporary file. */
export function createSorter<T extends Sortable>({ codec, budgetBytes, tmpDir }: SorterOptions<T>): Sorter<T> {
  const arena = createArena(budgetBytes)
  let count = 0
  let spool: Spool | undefined
  let runs: Run[] = []

  async function spill(): Promise<void> {
    spool ??= await openSpool(tmpDir)
    arena.sort()
    let from: number | undefined
    let to = 0
    for (const piece of arena.pieces()) {
      const at = await spool.write(piece)
      from ??= at
      to = at + piece.length
    }
    const previous = runs.at(-1)
    const last = arena.last()
    // Runs lie one after another, so that one which goes on where the last one ended prolongs it.
    const goesOn = previous !== undefined && compare(previous.last, arena.first()) < 0
    if (goesOn) runs[runs.length - 1] = { from: previous.from, to, last }
    else runs.push({ from: from ?? to, to, last })
    arena.clear()
  }

  async function spillThenAdd(item: T, line: string): Promise<void> {
    await spill()
    arena.add(item, line)
  }

  async function mergeGroups(from: Spool): Promise<Spool> {
    let current = from
    while (runs.length > maxFanIn) {
      const merged = await openSpool(tmpDir)
      const next: Run[] = []
      for (let index = 0; index < runs.length; index += maxFanIn) {
        const group = runs.slice(index, index + maxFanIn)
        next.push(await writeMerged(merged, mergeRuns(current, group, codec, budgetBytes, mergeBatch), codec))
      }
      await current.close()
      current = merged
      spool = merged
      runs = next
    }
    return current
  }

  return {
    add(item) {
      count++
      const line = codec.encode(item)
      return arena.add(item, line) ? undefined : spillThenAdd(item, line)
    },
    async finish() {
      if (spool === undefined) {
        arena.sort()
        return {
          count,
          async *scan(batchSize) {
            for (let from = 0; from < count; from += batchSize) {
              yield arena.lines(from, Math.min(from + batchSize, count)).map((line) => codec.decode(line))
            }
          },
        }
      }
      await spill()
      arena.release()
      const file = await mergeGroups(spool)
      return { count, scan: (batchSize) => mergeRuns(file, runs, codec, budgetBytes, batchSize) }
    },
    async close() {
      arena.release()
      await spool?.close()
      spool = undefined
    },
  }
}

export const compare = (one: Sortable, other: Sortable): number => one.key - other.key || one.seq - other.seq

async function writeMerged<T extends Sortable>(
  spool: Spool,
  batches: AsyncIterable<readonly T[]>,
  codec: Codec<T>,
): Promise<Run> {
  let run: Run | undefined
  for await (const batch of batches) {
    const bytes = Buffer.from(batch.map((item) => `${codec.encode(item)}\n`).join(''))
    const from = await spool.write(bytes)
    run = { from: run?.from ?? from, to: from + bytes.length, last: batch.at(-1) as T }
  }
  if (run === undefined) throw new Error('A run has at least one item.')
  return run
}

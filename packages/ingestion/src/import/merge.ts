import type { Codec, Sortable } from './sorter.ts'
import type { Spool } from './spool.ts'

/** A sorted stretch of the spool. */
export interface Run {
  readonly from: number
  readonly to: number
  readonly last: Sortable
}

/** Where a merge is in one run. */
interface Cursor<T> {
  /** Items read ahead, never empty, and which of them is next. */
  items: T[]
  at: number
  /** Bytes read that make no whole line, and where reading goes on. */
  rest: Buffer
  from: number
  readonly to: number
}

/** Merges sorted runs; what is read ahead of all of them takes a quarter of the budget, if that is enough to work with. */
export async function* mergeRuns<T extends Sortable>(
  spool: Spool,
  runs: readonly Run[],
  codec: Codec<T>,
  budgetBytes: number,
  batchSize: number,
): AsyncGenerator<readonly T[]> {
  const chunkBytes = Math.max(16 * 1024, Math.min(1 << 20, Math.floor(budgetBytes / 4 / runs.length)))
  const heap: Cursor<T>[] = []
  for (const { from, to } of runs) {
    const cursor: Cursor<T> = { items: [], at: 0, rest: Buffer.alloc(0), from, to }
    if (await readAhead(cursor, spool, codec, chunkBytes)) heap.push(cursor)
  }
  heap.sort((one, other) => (before(one, other) ? -1 : 1))
  let batch: T[] = []
  for (let first = heap[0]; first !== undefined; first = heap[0]) {
    batch.push(head(first))
    if (batch.length >= batchSize) {
      yield batch
      batch = []
    }
    first.at++
    if (first.at === first.items.length && !(await readAhead(first, spool, codec, chunkBytes))) {
      const last = heap.pop()
      if (heap.length === 0 || last === undefined) break
      heap[0] = last
    }
    siftDown(heap)
  }
  if (batch.length > 0) yield batch
}

const head = <T>({ items, at }: Cursor<T>): T => items[at] as T

function before<T extends Sortable>(one: Cursor<T>, other: Cursor<T>): boolean {
  const [a, b] = [head(one), head(other)]
  return a.key < b.key || (a.key === b.key && a.seq < b.seq)
}

/** Moves the first cursor of the heap to where its head belongs. */
function siftDown<T extends Sortable>(heap: Cursor<T>[]): void {
  const moving = heap[0] as Cursor<T>
  let at = 0
  for (;;) {
    let child = 2 * at + 1
    const left = heap[child]
    if (left === undefined) break
    const right = heap[child + 1]
    if (right !== undefined && before(right, left)) child++
    const smaller = heap[child] as Cursor<T>
    if (!before(smaller, moving)) break
    heap[at] = smaller
    at = child
  }
  heap[at] = moving
}

/** Reads on until there is an item again; false at the end of the run. */
async function readAhead<T>(cursor: Cursor<T>, spool: Spool, codec: Codec<T>, chunkBytes: number): Promise<boolean> {
  for (;;) {
    const size = Math.min(chunkBytes, cursor.to - cursor.from)
    if (size === 0) return false
    const chunk = Buffer.allocUnsafe(size)
    if ((await spool.read(chunk, cursor.from)) < size) {
      throw new Error('The temporary file is shorter than what was written to it.')
    }
    cursor.from += size
    const bytes = cursor.rest.length === 0 ? chunk : Buffer.concat([cursor.rest, chunk])
    const end = bytes.lastIndexOf(0x0a) + 1
    cursor.rest = bytes.subarray(end)
    if (end === 0) continue
    const lines = bytes.toString('utf8', 0, end - 1).split('\n')
    cursor.items = lines.map((line) => codec.decode(line))
    cursor.at = 0
    return true
  }
}

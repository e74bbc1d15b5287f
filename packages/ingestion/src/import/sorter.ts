import { openSpool, type Spool } from './spool.ts'

/** Order is by key, then by number; no two items have the same number. */
export interface Sortable {
  readonly key: number
  readonly seq: number
}

/** How items are kept outside memory. */
export interface Codec<T> {
  /** One line of text, without a line break. */
  encode(item: T): string
  decode(line: string): T
  /** About how many bytes of memory the item takes. */
  sizeOf(item: T): number
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
  /** Resolves when there is room for the next item; undefined if there is already. */
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

/** A sorted stretch of the spool. */
interface Run {
  readonly from: number
  readonly to: number
  readonly last: Sortable
}

/** Above so many runs, groups of them are merged first, so that each has a buffer worth its name. */
const maxFanIn = 64

/** @throws SpoolError, from each of its functions */
export function createSorter<T extends Sortable>({ codec, budgetBytes, tmpDir }: SorterOptions<T>): Sorter<T> {
  let items: T[] = []
  let bytes = 0
  let ordered = true
  let count = 0
  let spool: Spool | undefined
  let runs: Run[] = []

  function sortItems(): void {
    if (!ordered) items.sort(compare)
    ordered = true
  }

  async function spill(): Promise<void> {
    if (items.length === 0) return
    spool ??= await openSpool(tmpDir)
    sortItems()
    const { from, to } = await writeItems(spool, items, codec)
    const previous = runs.at(-1)
    const run = { from, to, last: items.at(-1) as T }
    // Runs lie one after another, so a run that begins where the last one ended in order, too, prolongs it.
    if (previous !== undefined && compare(previous.last, items[0] as T) < 0)
      runs[runs.length - 1] = { ...run, from: previous.from }
    else runs.push(run)
    items = []
    bytes = 0
  }

  async function mergeGroups(): Promise<void> {
    while (spool !== undefined && runs.length > maxFanIn) {
      const merged = await openSpool(tmpDir)
      const next: Run[] = []
      for (let index = 0; index < runs.length; index += maxFanIn) {
        const group = runs.slice(index, index + maxFanIn)
        let run: Run | undefined
        for await (const batch of merge(spool, group, codec, budgetBytes, 1000)) {
          const { from, to } = await writeItems(merged, batch, codec)
          run = { from: run?.from ?? from, to, last: batch.at(-1) as T }
        }
        if (run !== undefined) next.push(run)
      }
      await spool.close()
      spool = merged
      runs = next
    }
  }

  return {
    add(item) {
      const last = items.at(-1)
      if (last !== undefined && compare(last, item) > 0) ordered = false
      items.push(item)
      bytes += codec.sizeOf(item)
      count++
      return bytes > budgetBytes ? spill() : undefined
    },
    async finish() {
      if (runs.length === 0) {
        sortItems()
        const sorted = items
        return { count, scan: (batchSize) => slices(sorted, batchSize) }
      }
      await spill()
      await mergeGroups()
      // A run exists, so the spool does.
      const file = spool as Spool
      return { count, scan: (batchSize) => merge(file, runs, codec, budgetBytes, batchSize) }
    },
    async close() {
      items = []
      await spool?.close()
      spool = undefined
    },
  }
}

export const compare = (one: Sortable, other: Sortable): number => one.key - other.key || one.seq - other.seq

async function* slices<T>(items: readonly T[], batchSize: number): AsyncGenerator<readonly T[]> {
  for (let from = 0; from < items.length; from += batchSize) yield items.slice(from, from + batchSize)
}

const pieceLength = 1 << 20

async function writeItems<T>(
  spool: Spool,
  items: readonly T[],
  codec: Codec<T>,
): Promise<{ from: number; to: number }> {
  let from: number | undefined
  let to = 0
  let piece = ''
  const flush = async (): Promise<void> => {
    const bytes = Buffer.from(piece)
    const at = await spool.write(bytes)
    from ??= at
    to = at + bytes.length
    piece = ''
  }
  for (const item of items) {
    piece += `${codec.encode(item)}\n`
    if (piece.length >= pieceLength) await flush()
  }
  if (piece !== '') await flush()
  return { from: from ?? to, to }
}

/** Where a merge is in one run: the items read ahead, and the rest of the bytes. */
interface Cursor<T> {
  items: T[]
  at: number
  head: T
  rest: Buffer
  from: number
  readonly to: number
}

async function* merge<T extends Sortable>(
  spool: Spool,
  runs: readonly Run[],
  codec: Codec<T>,
  budgetBytes: number,
  batchSize: number,
): AsyncGenerator<readonly T[]> {
  const chunkBytes = Math.max(16 * 1024, Math.min(1 << 20, Math.floor(budgetBytes / 4 / runs.length)))
  const heap: Cursor<T>[] = []
  for (const { from, to } of runs) {
    const cursor = { items: [] as T[], at: 0, rest: Buffer.alloc(0), from, to } as unknown as Cursor<T>
    if (await advance(cursor, spool, codec, chunkBytes)) heap.push(cursor)
  }
  heap.sort((one, other) => compare(one.head, other.head))
  let batch: T[] = []
  while (heap.length > 0) {
    const first = heap[0] as Cursor<T>
    batch.push(first.head)
    if (batch.length >= batchSize) {
      yield batch
      batch = []
    }
    const next = first.items[++first.at]
    if (next !== undefined) first.head = next
    else if (!(await advance(first, spool, codec, chunkBytes))) {
      const last = heap.pop() as Cursor<T>
      if (heap.length > 0) heap[0] = last
    }
    siftDown(heap)
  }
  if (batch.length > 0) yield batch
}

/** Puts the first cursor of the heap where its head belongs. */
function siftDown<T extends Sortable>(heap: Cursor<T>[]): void {
  const moving = heap[0]
  if (moving === undefined) return
  let at = 0
  for (;;) {
    let child = 2 * at + 1
    const right = heap[child + 1]
    if (right !== undefined && compare(right.head, (heap[child] as Cursor<T>).head) < 0) child++
    const smaller = heap[child]
    if (smaller === undefined || compare(moving.head, smaller.head) <= 0) break
    heap[at] = smaller
    at = child
  }
  heap[at] = moving
}

/** Reads on until there is an item again; false at the end of the run. */
async function advance<T>(cursor: Cursor<T>, spool: Spool, codec: Codec<T>, chunkBytes: number): Promise<boolean> {
  for (;;) {
    const size = Math.min(chunkBytes, cursor.to - cursor.from)
    if (size === 0) return false
    const chunk = Buffer.allocUnsafe(size)
    if ((await spool.read(chunk, cursor.from)) < size)
      throw new Error('The temporary file is shorter than what was written to it.')
    cursor.from += size
    const bytes = cursor.rest.length === 0 ? chunk : Buffer.concat([cursor.rest, chunk])
    const end = bytes.lastIndexOf(0x0a) + 1
    cursor.rest = bytes.subarray(end)
    if (end === 0) continue
    cursor.items = bytes
      .toString('utf8', 0, end - 1)
      .split('\n')
      .map((line) => codec.decode(line))
    cursor.at = 0
    cursor.head = cursor.items[0] as T
    return true
  }
}

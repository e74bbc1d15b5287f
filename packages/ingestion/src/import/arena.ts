import type { Sortable } from './sorter.ts'

/**
 * Encoded items in one stretch of memory outside the heap: hundreds of thousands of them cost the garbage collector
 * nothing, and how much they take is known to the byte.
 */
export interface Arena {
  readonly count: number
  /** False if there is no room for it. The first item always has. */
  add(order: Sortable, line: string): boolean
  /** Brings the items into order. */
  sort(): void
  /** The lines of all items in order, each with its line break, in pieces that are valid until the next one is asked for. */
  pieces(): Iterable<Buffer>
  /** The lines of items by their place in the order, without line breaks. */
  lines(from: number, to: number): string[]
  first(): Sortable
  last(): Sortable
  clear(): void
  /** Gives the memory back; what follows begins anew. */
  release(): void
}

const pieceBytes = 1 << 20

const firstBytes = 64 * 1024

export function createArena(budgetBytes: number): Arena {
  let bytes: Buffer = Buffer.alloc(0)
  let used = 0
  let count = 0
  let ordered = true
  let keys = new Float64Array(1024)
  let seqs = new Float64Array(1024)
  /** Where each item begins; the next number is where the last one ends. */
  let starts = new Float64Array(1025)
  /** Items by their place in the order. */
  let places = new Uint32Array(0)

  /** Makes room for so many more bytes, within the budget if there is anything already. */
  function reserve(more: number): boolean {
    if (used + more <= bytes.length) return true
    if (count > 0 && used + more > budgetBytes) return false
    const doubled = Math.min(bytes.length * 2, budgetBytes)
    const larger = Buffer.allocUnsafeSlow(Math.max(used + more, doubled, Math.min(firstBytes, budgetBytes)))
    bytes.copy(larger, 0, 0, used)
    bytes = larger
    return true
  }

  function widen(): void {
    const wider = (numbers: Float64Array<ArrayBuffer>, length: number) => {
      const copy = new Float64Array(length)
      copy.set(numbers)
      return copy
    }
    keys = wider(keys, keys.length * 2)
    seqs = wider(seqs, seqs.length * 2)
    starts = wider(starts, keys.length + 1)
  }

  function clear(): void {
    used = 0
    count = 0
    ordered = true
  }

  const orderAt = (item: number): Sortable => ({ key: keys[item] as number, seq: seqs[item] as number })

  const itemAt = (place: number): number => (ordered ? place : (places[place] as number))

  return {
    get count() {
      return count
    },
    add({ key, seq }, line) {
      // A UTF-16 unit takes three bytes of UTF-8 at most. Where that is too careful, the exact length decides.
      if (used + line.length * 3 + 1 > bytes.length && !reserve(Buffer.byteLength(line) + 1)) return false
      if (count === keys.length) widen()
      if (count > 0) {
        const before = keys[count - 1] as number
        if (before > key || (before === key && (seqs[count - 1] as number) > seq)) ordered = false
      }
      used += bytes.write(line, used)
      bytes[used++] = 0x0a
      keys[count] = key
      seqs[count] = seq
      starts[++count] = used
      return true
    },
    sort() {
      if (ordered) return
      places = Uint32Array.from({ length: count }, (_, item) => item)
      places.sort(
        (one, other) =>
          (keys[one] as number) - (keys[other] as number) || (seqs[one] as number) - (seqs[other] as number),
      )
    },
    *pieces() {
      if (ordered) {
        yield bytes.subarray(0, used)
        return
      }
      let piece = Buffer.allocUnsafe(pieceBytes)
      let filled = 0
      for (let place = 0; place < count; place++) {
        const item = places[place] as number
        const from = starts[item] as number
        const to = starts[item + 1] as number
        if (filled > 0 && filled + to - from > piece.length) {
          yield piece.subarray(0, filled)
          filled = 0
        }
        if (to - from > piece.length) piece = Buffer.allocUnsafe(to - from)
        filled += bytes.copy(piece, filled, from, to)
      }
      if (filled > 0) yield piece.subarray(0, filled)
    },
    lines(from, to) {
      const lines: string[] = []
      for (let place = from; place < to; place++) {
        const item = itemAt(place)
        lines.push(bytes.toString('utf8', starts[item], (starts[item + 1] as number) - 1))
      }
      return lines
    },
    first: () => orderAt(itemAt(0)),
    last: () => orderAt(itemAt(count - 1)),
    clear,
    release() {
      clear()
      bytes = Buffer.alloc(0)
    },
  }
}

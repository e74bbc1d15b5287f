import { hash } from 'node:crypto'

/**
 * Ids for rows that have none of their own: the first 128 bits of the SHA-256 of the row's columns and values, and for the
 * second and further rows of the same content `-2`, `-3` and so on. So an id depends on the row's content alone: neither
 * on its place nor on the order of the columns, and reading the file again yields the same ids.
 *
 * Identical rows are counted within one file. Two exports that overlap therefore give the same ids for the rows they share.
 */
export function createRowIds(columns: readonly string[]): (values: readonly string[]) => string {
  const order = columns
    .map((_, index) => index)
    .sort((a, b) => ((columns[a] as string) < (columns[b] as string) ? -1 : 1))
  const names = JSON.stringify(order.map((index) => columns[index]))
  const tally = createTally()
  return (values) => {
    const content = names + JSON.stringify(order.map((index) => values[index]))
    const id = hash('sha256', content, 'hex').slice(0, 32)
    const occurrence = tally(id)
    return occurrence === 1 ? id : `${id}-${occurrence}`
  }
}

/**
 * Counts how often each id was seen. Eight bytes of the hash a row, in a table at most three quarters full, stand for
 * those seen once; the few that repeat have a counter of their own.
 */
function createTally(): (id: string) => number {
  let slots = new Uint32Array(2 * 1024)
  let used = 0
  const repeated = new Map<string, number>()

  /** Whether the fingerprint was there already. */
  function put(high: number, low: number): boolean {
    const mask = slots.length / 2 - 1
    for (let slot = low & mask; ; slot = (slot + 1) & mask) {
      const at = slot * 2
      if (slots[at] === 0 && slots[at + 1] === 0) {
        slots[at] = high
        slots[at + 1] = low
        used++
        return false
      }
      if (slots[at] === high && slots[at + 1] === low) return true
    }
  }

  function grow(): void {
    const old = slots
    slots = new Uint32Array(old.length * 2)
    used = 0
    for (let at = 0; at < old.length; at += 2) {
      const high = old[at] as number
      const low = old[at + 1] as number
      if (high !== 0 || low !== 0) put(high, low)
    }
  }

  return (id) => {
    // Zero marks an empty slot.
    const high = Number.parseInt(id.slice(0, 8), 16) || 1
    const low = Number.parseInt(id.slice(8, 16), 16)
    if (!put(high, low)) {
      if (used * 8 > slots.length * 3) grow()
      return 1
    }
    const occurrence = (repeated.get(id) ?? 1) + 1
    repeated.set(id, occurrence)
    return occurrence
  }
}

import { entriesOf, highAt, keyAt, lowAt, offsetAt } from './chunk.ts'
import { DamagedIndex } from './damaged.ts'
import { highOf, lowOf, mix, Probe } from './hash.ts'
import type { Recent } from './recent.ts'
import type { Run } from './run.ts'
import type { IndexTables } from './tables.ts'

/** Entries whose values are greater than `after` and at most `upTo`, ascending by value. */
export type Scan = (after: number, upTo: number) => Iterable<readonly [hash: number, value: number]>

/** What is wrong with a run, given all entries that there should be from the end of the run before it to its own. */
export const findingsIn = (run: Run, tables: IndexTables, after: number, scan: Scan): string[] => {
  const probe = new Probe()
  const find = (hash: number) => {
    const found: number[] = []
    run.find(probe.of(highOf(hash), lowOf(hash)), tables, found)
    return found
  }
  try {
    return differences(sumOf(run, tables), find, () => scan(after, run.row.upTo))
  } catch (error) {
    if (error instanceof DamagedIndex) return [error.message]
    throw error
  }
}

/** The same of the list of recent entries, given all that there should be after the runs. */
export const findingsInRecent = (recent: Recent, after: number, scan: Scan): string[] => {
  const sum = new Sum()
  for (let entry = 0; entry < recent.count; entry += 1)
    sum.add(recent.high(entry), recent.low(entry), recent.value(entry))
  const find = (hash: number) => {
    const found: number[] = []
    recent.find(highOf(hash), lowOf(hash), found)
    return found
  }
  return differences(sum, find, () => scan(after, Number.MAX_SAFE_INTEGER))
}

const differences = (held: Sum, find: (hash: number) => readonly number[], scan: () => ReturnType<Scan>): string[] => {
  const owed = new Sum()
  for (const [hash, value] of scan()) owed.add(highOf(hash), lowOf(hash), value)
  if (held.equals(owed)) return []
  for (const [hash, value] of scan()) if (!find(hash).includes(value)) return [`row ${value} is missing`]
  return [`it has ${held.count} entries of ${owed.count} rows`]
}

/** Reads a run from end to end, and finds that a search would find all that is there. */
const sumOf = (run: Run, tables: IndexTables): Sum => {
  const sum = new Sum()
  const probe = new Probe()
  let last = -1
  let lastOffset = -1
  for (const [nth, segment] of run.segments.entries()) {
    for (let chunk = 0; chunk < segment.chunks; chunk += 1) {
      const number = segment.firstChunk + chunk
      const view = tables.chunk(run.row.id, number)
      if (segment.fence(chunk) !== keyAt(view, 0)) throw new DamagedIndex(`chunk ${number} begins with another hash`)
      for (let entry = 0; entry < entriesOf(view); entry += 1) {
        const [key, offset] = [keyAt(view, entry), offsetAt(view, entry)]
        if (key < last || (key === last && offset < lastOffset)) throw new DamagedIndex(`chunk ${number} is not sorted`)
        if (!run.mayHold(nth, probe.of(highAt(view, entry), lowAt(view, entry))))
          throw new DamagedIndex(`row ${run.row.after + offset} is missing from the filter`)
        sum.add(highAt(view, entry), lowAt(view, entry), run.row.after + offset)
        last = key
        lastOffset = offset
      }
    }
  }
  if (sum.count !== run.row.entries)
    throw new DamagedIndex(
      `rows ${run.row.after + 1} to ${run.row.upTo} have ${sum.count} entries instead of ${run.row.entries}`,
    )
  return sum
}

/** Of entries in any order: two sums are equal if the entries are, and else but for one chance in 2 ** 64. */
class Sum {
  count = 0
  #one = 0
  #other = 0

  add(high: number, low: number, value: number): void {
    const [upper, lower] = [highOf(value), lowOf(value)]
    this.count += 1
    this.#one = (this.#one + mix(high, low ^ mix(upper, lower, 1), 2)) >>> 0
    this.#other = (this.#other + mix(upper, lower ^ mix(high, low, 3), 4)) >>> 0
  }

  equals(sum: Sum): boolean {
    return this.count === sum.count && this.#one === sum.#one && this.#other === sum.#other
  }
}

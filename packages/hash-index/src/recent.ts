import { mix } from './hash.ts'

/**
 * The newest entries, in the order of their values: a hash table with open addressing whose slots name the newest entry
 * of a hash, and each entry the one before it with the same hash. Typed arrays, so that a hundred thousand entries are
 * nothing to the garbage collector.
 */
export class Recent {
  count = 0
  #highs = new Uint16Array(0)
  #lows = new Uint32Array(0)
  #values = new Float64Array(0)
  /** The number of an entry is its place plus one; 0 is none. */
  #before = new Uint32Array(0)
  #slots = new Uint32Array(0)

  constructor() {
    this.#allocate(1024)
  }

  get bytes(): number {
    return this.#values.length * (2 + 4 + 8 + 4) + this.#slots.byteLength
  }

  high(entry: number): number {
    return this.#highs[entry] as number
  }

  low(entry: number): number {
    return this.#lows[entry] as number
  }

  value(entry: number): number {
    return this.#values[entry] as number
  }

  add(high: number, low: number, value: number): void {
    if (this.count === this.#values.length) this.#grow()
    this.#highs[this.count] = high
    this.#lows[this.count] = low
    this.#values[this.count] = value
    this.#file(this.count)
    this.count += 1
  }

  /** Values of a hash, ascending, after those in `found`. */
  find(high: number, low: number, found: number[]): void {
    const from = found.length
    let entry = this.#slots[this.#slotOf(high, low)] as number
    for (; entry > 0; entry = this.#before[entry - 1] as number) found.push(this.#values[entry - 1] as number)
    for (let [one, other] = [from, found.length - 1]; one < other; one += 1, other -= 1)
      [found[one], found[other]] = [found[other] as number, found[one] as number]
  }

  has(high: number, low: number): boolean {
    return this.#slots[this.#slotOf(high, low)] !== 0
  }

  /**
   * Forgets all but the first entries. Newest first, each one's slot is left as it was found when it came: whatever was
   * put behind it since is gone already.
   */
  rewindTo(count: number): void {
    while (this.count > count) {
      const entry = this.count - 1
      this.#slots[this.#slotOf(this.high(entry), this.low(entry))] = this.#before[entry] as number
      this.count = entry
    }
  }

  clear(): void {
    this.count = 0
    this.#slots.fill(0)
  }

  /** The entries' places, by hash and then by value: sorted by one byte after the other, from the lowest. */
  sorted(): Uint32Array {
    const { count } = this
    let order = new Uint32Array(count)
    let next = new Uint32Array(count)
    for (let place = 0; place < count; place += 1) order[place] = place
    for (let digit = 0; digit < 6; digit += 1) {
      const digits = digit < 4 ? this.#lows : this.#highs
      const shift = 8 * (digit % 4)
      const starts = new Uint32Array(257)
      for (let place = 0; place < count; place += 1) {
        const after = 1 + (((digits[place] as number) >>> shift) & 0xff)
        starts[after] = (starts[after] as number) + 1
      }
      for (let value = 1; value < 257; value += 1)
        starts[value] = (starts[value] as number) + (starts[value - 1] as number)
      for (let at = 0; at < count; at += 1) {
        const place = order[at] as number
        const value = ((digits[place] as number) >>> shift) & 0xff
        const to = starts[value] as number
        next[to] = place
        starts[value] = to + 1
      }
      ;[order, next] = [next, order]
    }
    return order
  }

  /** Where a hash is, or the free slot where it would be. */
  #slotOf(high: number, low: number): number {
    const last = this.#slots.length - 1
    for (let slot = mix(high, low, 0) & last; ; slot = (slot + 1) & last) {
      const entry = this.#slots[slot] as number
      if (entry === 0 || (this.#lows[entry - 1] === low && this.#highs[entry - 1] === high)) return slot
    }
  }

  #file(entry: number): void {
    const slot = this.#slotOf(this.high(entry), this.low(entry))
    this.#before[entry] = this.#slots[slot] as number
    this.#slots[slot] = entry + 1
  }

  #grow(): void {
    const { count } = this
    const [highs, lows, values] = [this.#highs, this.#lows, this.#values]
    this.#allocate(2 * values.length)
    this.#highs.set(highs)
    this.#lows.set(lows)
    this.#values.set(values)
    for (let entry = 0; entry < count; entry += 1) this.#file(entry)
  }

  #allocate(capacity: number): void {
    this.#highs = new Uint16Array(capacity)
    this.#lows = new Uint32Array(capacity)
    this.#values = new Float64Array(capacity)
    this.#before = new Uint32Array(capacity)
    this.#slots = new Uint32Array(2 * capacity)
  }
}

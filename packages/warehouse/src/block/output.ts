/** Bytes of a block as they are written: a buffer that grows. Integers are little-endian. */
export class Output {
  #bytes: Buffer
  #length = 0

  /** @param capacity bytes that are likely to be needed */
  constructor(capacity: number) {
    this.#bytes = Buffer.allocUnsafe(Math.max(64, capacity))
  }

  /** What was written so far; not to be written on afterwards. */
  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length)
  }

  /** Bytes written so far. */
  get length(): number {
    return this.#length
  }

  /** What was written, as integers of 32 bits. */
  *int32s(): Generator<number> {
    for (let at = 0; at < this.#length; at += 4) yield this.#bytes.readUInt32LE(at)
  }

  append(other: Output): void {
    this.#reserve(other.#length)
    this.#length += other.#bytes.copy(this.#bytes, this.#length, 0, other.#length)
  }

  byte(value: number): void {
    this.#reserve(1)
    this.#bytes[this.#length++] = value
  }

  /** The length of what follows: seven bits a byte, the lowest first. */
  count(value: number): void {
    let rest = value
    while (rest > 127) {
      this.byte((rest & 127) | 128)
      rest >>>= 7
    }
    this.byte(rest)
  }

  uint16(value: number): void {
    this.#reserve(2)
    this.#length = this.#bytes.writeUInt16LE(value, this.#length)
  }

  /** The low 32 bits of an integer, of either sign. */
  int32(value: number): void {
    this.#reserve(4)
    const [bytes, at] = [this.#bytes, this.#length]
    bytes[at] = value
    bytes[at + 1] = value >>> 8
    bytes[at + 2] = value >>> 16
    bytes[at + 3] = value >>> 24
    this.#length = at + 4
  }

  /** A safe integer, of either sign, as 64 bits. */
  int64(value: number): void {
    this.int32(value >>> 0)
    this.int32(Math.floor(value / 2 ** 32) >>> 0)
  }

  bigint64(value: bigint): void {
    this.int32(Number(value & 0xffffffffn))
    this.int32(Number((value >> 32n) & 0xffffffffn))
  }

  /** Text in UTF-8, its length in bytes before it. */
  text(value: string): void {
    const { length } = value
    this.#reserve(3 * length + 5)
    if (length >= shortText || !this.#plain(value, length)) this.#anyText(value)
  }

  /** Letter by letter, which for few of them takes less time than a call; false if one of them is not ASCII. */
  #plain(value: string, length: number): boolean {
    const bytes = this.#bytes
    let at = this.#length
    bytes[at++] = length
    for (let index = 0; index < length; index++) {
      const code = value.charCodeAt(index)
      if (code > 127) return false
      bytes[at++] = code
    }
    this.#length = at
    return true
  }

  #anyText(value: string): void {
    const start = this.#length
    this.count(value.length)
    const size = this.#bytes.write(value, this.#length)
    if (size === value.length) {
      this.#length += size
      return
    }
    this.#length = start
    this.count(size)
    this.#length += this.#bytes.write(value, this.#length)
  }

  #reserve(size: number): void {
    const needed = this.#length + size
    if (needed <= this.#bytes.length) return
    const grown = Buffer.allocUnsafe(Math.max(needed, this.#bytes.length * 2))
    this.#bytes.copy(grown, 0, 0, this.#length)
    this.#bytes = grown
  }
}

/** Letters up to which a loop is quicker than a call; at most 128, so that one byte holds the length. */
const shortText = 24

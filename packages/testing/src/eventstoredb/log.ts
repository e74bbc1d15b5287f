/** A record as the double keeps it. */
export interface DoubleRecord {
  readonly stream: string
  readonly revision: number
  /** For both commit and prepare, as for every plain append. */
  readonly position: bigint
  readonly id: string
  readonly type: string
  readonly contentType: string
  readonly data: Uint8Array
  readonly metadata: Uint8Array
}

export type Proposed = Pick<DoubleRecord, 'id' | 'type' | 'contentType' | 'data' | 'metadata'>

export type Expected = 'any' | 'no-stream' | 'stream-exists' | number

export type Appended =
  | { readonly tag: 'success'; readonly revision: number; readonly position: bigint }
  | { readonly tag: 'wrong-revision'; readonly current: number }

/** Where the server's log begins; other records of its own lie before the first that anybody reads. */
const firstPosition = 1173n

/** After so many appends the server writes something of its own, so that nobody takes $all for theirs alone. */
const appendsBetweenStatistics = 5

/**
 * The streams of a server, in memory, by the rules of EventStoreDB 24.10: an append with an explicit revision that is
 * repeated with the same ids succeeds again; positions are places in a file, so that there are gaps between them.
 */
export class DoubleLog {
  readonly all: DoubleRecord[] = []
  /** What appends expected, in their order. */
  readonly expectations: Expected[] = []
  readonly #streams = new Map<string, DoubleRecord[]>()
  readonly #places = new Map<bigint, number>()
  readonly #listeners = new Set<() => void>()
  #position = firstPosition
  #appends = 0

  constructor() {
    this.#writeStatistics()
  }

  /** Of one stream, oldest first. */
  stream(name: string): readonly DoubleRecord[] {
    return this.#streams.get(name) ?? []
  }

  append(stream: string, expected: Expected, events: readonly Proposed[]): Appended {
    this.expectations.push(expected)
    const records = this.stream(stream)
    const current = records.length - 1
    const wanted = expected === 'no-stream' ? -1 : expected
    if (
      wanted === 'any' || wanted === 'stream-exists' ? wanted === 'stream-exists' && current < 0 : wanted !== current
    ) {
      const again = typeof wanted === 'number' && wanted < current && this.#isRepeated(records, wanted, events)
      if (!again) return { tag: 'wrong-revision', current }
      const last = records[Number(wanted) + events.length]
      return { tag: 'success', revision: Number(wanted) + events.length, position: last?.position ?? -1n }
    }
    const first = this.#position
    for (const event of events) this.#write(stream, event)
    this.#appends++
    if (this.#appends % appendsBetweenStatistics === 0) this.#writeStatistics()
    for (const listener of [...this.#listeners]) listener()
    // Of several events the server names the place of the first.
    return { tag: 'success', revision: current + events.length, position: first }
  }

  /** The place in `all` of the record that begins at a position; undefined if none does. */
  placeOf(position: bigint): number | undefined {
    return this.#places.get(position)
  }

  /** Called after each append. @returns how to end that */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #isRepeated(records: readonly DoubleRecord[], after: number, events: readonly Proposed[]): boolean {
    return events.every(({ id }, index) => records[after + 1 + index]?.id === id)
  }

  #write(stream: string, event: Proposed): void {
    const records = this.#streams.get(stream) ?? []
    this.#streams.set(stream, records)
    const record = { ...event, stream, revision: records.length, position: this.#position }
    records.push(record)
    this.#places.set(record.position, this.all.length)
    this.all.push(record)
    this.#position += BigInt(97 + stream.length + event.data.length + event.metadata.length)
  }

  #writeStatistics(): void {
    this.#write('$stats-127.0.0.1:2113', {
      id: '00000000-0000-4000-8000-000000000000',
      type: '$statsCollected',
      contentType: 'application/json',
      data: Buffer.from('{"proc-cpu":1}'),
      metadata: new Uint8Array(),
    })
  }
}

/** How far a partition of `vouch.log` goes. */
export interface PartitionEnd {
  /** Of the message after the newest; 0n if there is none. */
  readonly offset: bigint
  /** Log position of the newest message; 0n if there is none. */
  readonly position: bigint
}

/**
 * What the relay states in `vouch.relayed`: all events of the log up to `position` are in `vouch.log`, in partition i below
 * `ends[i].offset`. It is true for ever, and the newest says most.
 */
export interface Statement {
  readonly position: bigint
  /** Identity of the event at that position, to know the log by; empty at the beginning. */
  readonly identity: string
  /** When the event at that position was recorded, and the first that the statement before did not cover, ms since the epoch, UTC. */
  readonly recordedAt: number
  readonly firstRecordedAt: number
  readonly ends: readonly PartitionEnd[]
}

export const nothingYet = (partitions: number): Statement => ({
  position: 0n,
  identity: '',
  recordedAt: 0,
  firstRecordedAt: 0,
  ends: Array.from({ length: partitions }, () => ({ offset: 0n, position: 0n })),
})

export const statementText = ({ position, identity, recordedAt, firstRecordedAt, ends }: Statement): string =>
  JSON.stringify({
    position: position.toString(),
    identity,
    recordedAt,
    firstRecordedAt,
    offsets: ends.map(({ offset }) => offset.toString()),
    positions: ends.map((end) => end.position.toString()),
  })

/** @throws Error if it is no statement of the relay */
export function readStatement(text: string): Statement {
  const read = JSON.parse(text) as {
    readonly position: string
    readonly identity: string
    readonly recordedAt: number
    readonly firstRecordedAt: number
    readonly offsets: readonly string[]
    readonly positions: readonly string[]
  }
  return {
    position: BigInt(read.position),
    identity: read.identity,
    recordedAt: read.recordedAt,
    firstRecordedAt: read.firstRecordedAt,
    ends: read.offsets.map((offset, at) => ({
      offset: BigInt(offset),
      position: BigInt(read.positions[at] as string),
    })),
  }
}

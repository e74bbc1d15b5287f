import { createHash } from 'node:crypto'
import type { RecordedEvent } from '@vouch/event-store'
import { type Exported, exportLines } from './export.ts'
import { beginning } from './seals.ts'

/** Of the lines; a reader of another version says so instead of guessing. */
export const archiveVersion = 1

/** How an archive came about; for whoever finds the file, nothing is decided by it. */
export interface Made {
  /** Position of the newest event in it, in the store that it comes from. */
  readonly head: bigint
  /** Kind of that store. */
  readonly store: string
  /** Version of vouch. */
  readonly by: string
  /** ms since the epoch, UTC. */
  readonly at: number
}

/**
 * A log as a file: a header, the lines of `exportLines`, and a closing line that says how many events there are, the hash of
 * the last, and the SHA-256 of all bytes before the closing line. A file that was cut off has none, which nothing else would show.
 * @param batches read from the log's beginning; what comes after `made.head` is left out
 */
export async function* archiveLines(
  batches: AsyncIterable<readonly RecordedEvent[]>,
  made: Made,
): AsyncGenerator<Exported> {
  const bytes = createHash('sha256')
  const passing = { last: beginning }
  const header = headerLine(made)
  bytes.update(header)
  yield { lines: header, position: 0n }
  for await (const exported of exportLines(upTo(batches, made.head), (last) => {
    passing.last = last
  })) {
    bytes.update(exported.lines)
    yield exported
  }
  const { position, count, hash } = passing.last
  yield { lines: closingLine({ count, hash, sha256: bytes.digest('hex') }), position }
}

async function* upTo(batches: AsyncIterable<readonly RecordedEvent[]>, head: bigint) {
  if (head === 0n) return
  for await (const batch of batches) {
    const wanted = batch.filter(({ position }) => position <= head)
    if (wanted.length > 0) yield wanted
    if (wanted.length < batch.length || wanted.at(-1)?.position === head) return
  }
}

const headerLine = ({ head, store, by, at }: Made): string =>
  `{"vouchLog":${archiveVersion},"head":${head},"store":${JSON.stringify(store)},"by":${JSON.stringify(by)},"at":"${new Date(at).toISOString()}"}\n`

export interface Closing {
  readonly count: number
  readonly hash: string
  readonly sha256: string
}

const closingLine = ({ count, hash, sha256 }: Closing): string =>
  `{"events":${count},"hash":"${hash}","sha256":"${sha256}"}\n`

const closing = /^\{"events":(\d+),"hash":"([0-9a-f]{64})","sha256":"([0-9a-f]{64})"\}$/

/** What a closing line says; undefined for any other line. */
export function readClosing(line: string): Closing | undefined {
  const [, count, hash, sha256] = closing.exec(line) ?? []
  return count === undefined || hash === undefined || sha256 === undefined
    ? undefined
    : { count: Number(count), hash, sha256 }
}

import type { RecordedEvent } from '@vouch/event-store'
import { entryText, nextHash } from './entry.ts'
import { beginning, type Seal } from './seals.ts'

/** Some lines, and the position of the last event in or before them. */
export interface Exported {
  readonly lines: string
  readonly position: bigint
}

/**
 * The log as NDJSON with its hashes, a line an event: `{"position":…,"hash":…,"entry":…}`. The hash of a line is the
 * SHA-256 of the hash of the line before it (64 zeros before the first), a line feed, and the text of its entry as it stands.
 * @param onLast told of the last event of each piece
 */
export async function* exportLines(
  batches: AsyncIterable<readonly RecordedEvent[]>,
  onLast: (last: Seal) => void = () => undefined,
): AsyncGenerator<Exported> {
  let { count, hash } = beginning
  for await (const batch of batches) {
    let lines = ''
    for (const event of batch) {
      count++
      const entry = entryText(event, count)
      hash = nextHash(hash, entry)
      lines += `{"position":${event.position},"hash":"${hash}","entry":${entry}}\n`
    }
    const last = batch.at(-1)
    if (!last) continue
    onLast({ position: last.position, count, hash })
    yield { lines, position: last.position }
  }
}

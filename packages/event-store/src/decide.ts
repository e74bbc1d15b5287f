import type { Append, AppendOutcome, EventToAppend, RecordedEvent } from './port.ts'

/** What the rules need to know of an event that the log has. */
export interface Known {
  readonly position: bigint
  readonly contentHash: string
}

/** The log as it stands in the transaction that is going to append. */
export interface LogView<K extends Known> {
  known(identity: string): K | undefined
  /** -1n for an empty stream. */
  newestRevision(stream: string): bigint
}

export type AppendDecision<K extends Known> =
  | { readonly tag: 'append'; readonly firstRevision: bigint }
  | { readonly tag: 'duplicate'; readonly position: bigint }
  | { readonly tag: 'conflict'; readonly offered: EventToAppend; readonly existing: K }
  | { readonly tag: 'wrong-revision'; readonly actual: bigint }

/**
 * What becomes of an append. In order of precedence:
 * 1. any identity is in the log with other content: conflict, shown for the first such event;
 * 2. all identities are in the log: duplicate, even if the stream has moved on, so that a caller who lost the answer can
 *    repeat the very same append;
 * 3. some are in the log and some are not: wrong-revision whatever was expected. An append is atomic, so somebody else
 *    wrote those, and the rest was decided without knowing them;
 * 4. the stream is not where it was expected: wrong-revision;
 * 5. append.
 */
export const decideAppend = <K extends Known>(append: Append, log: LogView<K>): AppendDecision<K> => {
  let present = 0
  let newest = 0n
  for (const offered of append.events) {
    const existing = log.known(offered.identity)
    if (existing === undefined) continue
    if (existing.contentHash !== offered.contentHash) return { tag: 'conflict', offered, existing }
    present += 1
    if (existing.position > newest) newest = existing.position
  }
  if (present === append.events.length) return { tag: 'duplicate', position: newest }
  const actual = log.newestRevision(append.stream)
  if (present > 0 || !isExpected(append, actual)) return { tag: 'wrong-revision', actual }
  return { tag: 'append', firstRevision: actual + 1n }
}

const isExpected = ({ expectedRevision }: Append, actual: bigint): boolean =>
  expectedRevision === 'any' || actual === (expectedRevision === 'no-stream' ? -1n : expectedRevision)

/** The outcome of an append by which nothing is written. */
export const outcomeOf = (
  decision: Exclude<AppendDecision<RecordedEvent>, { readonly tag: 'append' }>,
): AppendOutcome => {
  switch (decision.tag) {
    case 'duplicate':
      return { outcome: 'duplicate', position: decision.position }
    case 'conflict':
      return { outcome: 'conflict', offered: decision.offered, existing: decision.existing }
    case 'wrong-revision':
      return { outcome: 'wrong-revision', actual: decision.actual }
  }
}

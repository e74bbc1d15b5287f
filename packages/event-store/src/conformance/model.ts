import type { Append, AppendOutcome } from '../port.ts'

export interface ModelEvent {
  readonly identity: string
  readonly contentHash: string
  readonly stream: string
  readonly revision: bigint
}

/** An outcome with the place in the model's log, from 0, instead of a position, which is the store's own affair. */
export type ModelOutcome =
  | { readonly outcome: 'appended'; readonly index: number; readonly revision: bigint }
  | { readonly outcome: 'duplicate'; readonly index: number }
  | { readonly outcome: 'conflict'; readonly offered: string; readonly index: number }
  | { readonly outcome: 'wrong-revision'; readonly actual: bigint }

/** What the port promises, in the fewest words: a list that is searched from end to end. It shares no code with a store. */
export class ModelLog {
  readonly events: ModelEvent[] = []

  append(append: Append): ModelOutcome {
    const places = append.events.map((event) => this.events.findIndex(({ identity }) => identity === event.identity))
    const contradicted = append.events.findIndex((event, nth) => {
      const existing = this.events[places[nth] ?? -1]
      return existing !== undefined && existing.contentHash !== event.contentHash
    })
    if (contradicted >= 0) {
      return {
        outcome: 'conflict',
        offered: append.events[contradicted]?.identity ?? '',
        index: places[contradicted] ?? -1,
      }
    }
    if (!places.includes(-1)) return { outcome: 'duplicate', index: Math.max(...places) }

    const length = BigInt(this.events.filter(({ stream }) => stream === append.stream).length)
    const expected = {
      any: true,
      'no-stream': length === 0n,
      [String(length - 1n)]: true,
    }[String(append.expectedRevision)]
    if (expected !== true || places.some((place) => place >= 0)) {
      return { outcome: 'wrong-revision', actual: length - 1n }
    }
    for (const [nth, { identity, contentHash }] of append.events.entries()) {
      this.events.push({ identity, contentHash, stream: append.stream, revision: length + BigInt(nth) })
    }
    return {
      outcome: 'appended',
      index: this.events.length - 1,
      revision: length + BigInt(append.events.length) - 1n,
    }
  }
}

/** A store's outcome as the model would put it, given the positions of the events in the log, in order. */
export const asModelOutcome = (outcome: AppendOutcome, positions: readonly bigint[]): ModelOutcome => {
  switch (outcome.outcome) {
    case 'appended':
      return { outcome: 'appended', index: positions.indexOf(outcome.position), revision: outcome.revision }
    case 'duplicate':
      return { outcome: 'duplicate', index: positions.indexOf(outcome.position) }
    case 'conflict':
      return {
        outcome: 'conflict',
        offered: outcome.offered.identity,
        index: positions.indexOf(outcome.existing.position),
      }
    case 'wrong-revision':
      return { outcome: 'wrong-revision', actual: outcome.actual }
  }
}

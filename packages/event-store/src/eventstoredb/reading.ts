import { ErrorType, isCommandError, type Position } from '@eventstore/db-client'
import type { RecordedEvent } from '../port.ts'
import type { AllRecord, Connection } from './connection.ts'
import { damaged } from './failure.ts'
import type { ClaimRecord, Written } from './records.ts'
import { type Retrying, withRetries } from './retry.ts'

/** Where a stream of the server ends. */
export interface End {
  /** -1n for a stream that is empty. */
  readonly serverRevision: bigint
  /** Of the newest event, as the port counts; -1n if there is none. */
  readonly revision: bigint
}

/** What the log knows of an identity. */
export type Lookup =
  | { readonly tag: 'known'; readonly event: RecordedEvent }
  /** Nobody has it, or can still come to have it by a claim that was made before. */
  | { readonly tag: 'free'; readonly end: End }
  /** It is claimed for an append that is under way, or was left half done. */
  | { readonly tag: 'pending'; readonly claim: ClaimRecord; readonly end: End }

/** Events up to a place in $all. */
export interface Scanned {
  readonly events: readonly RecordedEvent[]
  /** The last record that was looked at; undefined if there was none. */
  readonly upTo: Position | undefined
}

export interface Reader {
  lookup(identity: string): Promise<Lookup>
  end(name: string): Promise<End>
  /** The record at a place of a name's stream; undefined past its end. */
  at(name: string, serverRevision: bigint): Promise<Written | undefined>
  stream(name: string, fromRevision: bigint): AsyncGenerator<RecordedEvent>
  /** The events after a position, up to the end; every batch but the last is full, and the last may be empty. */
  scan(after: bigint, size: number): AsyncGenerator<Scanned>
  newest(): Promise<RecordedEvent | undefined>
  /** A place in $all at or before which there is nothing after `after`, once that was read to the end. */
  lastRecord(): Promise<Position | undefined>
}

const pageSize = 500

export const endOf = (newest: Written | undefined): End =>
  newest === undefined
    ? { serverRevision: -1n, revision: -1n }
    : { serverRevision: newest.serverRevision, revision: newest.revision }

export const readerOn = (connection: Connection, retrying: Retrying): Reader => {
  /** Newest event, as of when everything up to a place in $all had been looked at. */
  let known: { readonly upTo: bigint; readonly event: RecordedEvent | undefined } = { upTo: -1n, event: undefined }

  const retried = <A>(work: () => Promise<A>): Promise<A> => withRetries(work, retrying)

  async function* records(name: string, from: bigint): AsyncGenerator<Written> {
    let next = from
    for (;;) {
      const page = await retried(() => connection.readName(name, next, pageSize))
      yield* page
      const last = page.at(-1)
      if (last === undefined || page.length < pageSize) return
      next = last.serverRevision + 1n
    }
  }

  const at: Reader['at'] = async (name, serverRevision) => {
    const [record] = await retried(() => connection.readName(name, serverRevision, 1))
    return record
  }

  const readForward = (from: Position | 'start', count: number) => retried(() => connection.readAll(from, count))

  /**
   * The first page after a position that a caller names. The server reads from the beginnings of records alone, and callers
   * may name any number: the place before an event they know, or one past the end.
   */
  const firstPage = async (after: bigint, count: number): Promise<readonly AllRecord[]> => {
    if (after <= 0n) return readForward('start', count)
    for (const candidate of [after, after + 1n]) {
      try {
        return await connection.readAll({ commit: candidate, prepare: candidate }, count)
      } catch (error) {
        if (isInvalidPosition(error)) continue
        return readForward({ commit: candidate, prepare: candidate }, count)
      }
    }
    return readForward(await recordBefore(after), count)
  }

  /** Reads $all from its end backwards: slow for what is far from it, and right for every number. */
  const recordBefore = async (after: bigint): Promise<Position | 'start'> => {
    let from: Position | 'end' = 'end'
    for (;;) {
      const start: Position | 'end' = from
      const page: readonly AllRecord[] = await retried(() => connection.readAllBackwards(start, pageSize))
      const found = page.find(({ position }) => position.commit <= after)
      if (found !== undefined) return found.position
      const oldest = page.at(-1)
      if (oldest === undefined || page.length < pageSize) return 'start'
      from = oldest.position
    }
  }

  return {
    at,
    lookup: async (identity) => {
      let claim: ClaimRecord | undefined
      let newest: Written | undefined
      for await (const record of records(identity, 0n)) {
        if (record.kind === 'event' && record.event.identity === identity) return { tag: 'known', event: record.event }
        if (record.kind === 'claim') claim = record
        newest = record
      }
      const end = endOf(newest)
      if (claim === undefined) return { tag: 'free', end }
      const claimed = await at(claim.stream, claim.at)
      if (claimed?.kind === 'event' && claimed.event.identity === identity)
        return { tag: 'known', event: claimed.event }
      // An append is atomic and expects its revision: once that is taken, it cannot take place any more.
      const isOver = claimed !== undefined || (await at(claim.stream, claim.first)) !== undefined
      if (!isOver) return { tag: 'pending', claim, end }
      // It may have taken place between the two looks.
      const again = await at(claim.stream, claim.at)
      return again?.kind === 'event' && again.event.identity === identity
        ? { tag: 'known', event: again.event }
        : { tag: 'free', end }
    },
    end: async (name) => endOf((await retried(() => connection.readName(name, 'end', 1)))[0]),
    async *stream(name, fromRevision) {
      // Claims count for the server, so that an event's revision there is never less than its own.
      const from = fromRevision < 0n ? 0n : fromRevision
      for await (const record of records(name, from))
        if (record.kind === 'event' && record.revision >= from) yield record.event
    },
    async *scan(after, size) {
      let events: RecordedEvent[] = []
      let newest = after
      let upTo: Position | undefined
      // Reading begins with the record that was read last.
      const count = size + 1
      let page = await firstPage(after, count)
      for (;;) {
        for (const { position, written } of page) {
          upTo = position
          if (written?.kind !== 'event' || written.position <= after) continue
          // The last of one page is the first of the next.
          if (written.position === newest) continue
          if (written.position < newest) throw damaged(written.name, 'is not in the order of its position')
          newest = written.position
          events.push(written.event)
          if (events.length < size) continue
          yield { events, upTo }
          events = []
        }
        if (page.length < count || upTo === undefined) break
        page = await readForward(upTo, count)
      }
      yield { events, upTo }
    },
    newest: async () => {
      let from: Position | 'end' = 'end'
      let upTo: bigint | undefined
      for (;;) {
        const start: Position | 'end' = from
        const page: readonly AllRecord[] = await retried(() => connection.readAllBackwards(start, pageSize))
        upTo ??= page[0]?.position.commit ?? known.upTo
        for (const { position, written } of page) {
          if (position.commit <= known.upTo) break
          if (written?.kind === 'event') {
            known = { upTo, event: written.event }
            return written.event
          }
        }
        const oldest = page.at(-1)
        if (oldest === undefined || page.length < pageSize || oldest.position.commit <= known.upTo) {
          known = { upTo, event: known.event }
          return known.event
        }
        from = oldest.position
      }
    },
    lastRecord: async () => (await retried(() => connection.readAllBackwards('end', 1)))[0]?.position,
  }
}

/** The server says no more than that it does not know why, so that whatever else this is, is found by asking again. */
const isInvalidPosition = (error: unknown): boolean =>
  error instanceof Error && isCommandError(error) && error.type === ErrorType.UNKNOWN

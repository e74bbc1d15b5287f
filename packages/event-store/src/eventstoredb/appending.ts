import { type Either, left, right } from 'fp-ts/lib/Either.js'
import type { Work } from '../calls.ts'
import { decideAppend, outcomeOf } from '../decide.ts'
import {
  type Append,
  type AppendOutcome,
  type EventToAppend,
  type RecordedEvent,
  StoreError,
  type StoreFailure,
} from '../port.ts'
import type { AppendPipe, Reply, ServerAppend } from './append-pipe.ts'
import { troubleOf, unavailable } from './failure.ts'
import { inParallel } from './parallel.ts'
import { type End, endOf, type Lookup, type Reader } from './reading.ts'
import { claimMessage, eventMessage, voidMessage } from './records.ts'
import { delayMs, maxAttempts, type Retrying } from './retry.ts'

export interface Appending {
  /**
   * Appends facts, all at once, in the order given. On the left is what the server will not do for this one.
   * @throws StoreError when the server could not be reached
   */
  facts(run: readonly Work[]): Promise<ReadonlyArray<Either<StoreFailure, AppendOutcome>>>
  /**
   * Appends anything.
   * @throws StoreError
   */
  any(work: Work): Promise<AppendOutcome>
}

export interface AppendingParts {
  readonly pipe: AppendPipe
  readonly reader: Reader
  readonly retrying: Retrying
  /** From 0 to 1, another each time: two writers who get in each other's way do not do so in step. */
  readonly random: () => number
}

type Answer =
  | Exclude<Reply, { readonly tag: 'failed' }>
  /** For good: asking again leads nowhere. */
  | { readonly tag: 'refused'; readonly failure: StoreFailure }

/** How often an append is decided anew because somebody else was faster. */
const maxRounds = 20

/** Somebody else was faster: the next round begins at some moment before so long, ms. */
const longestPauseMs = (lost: number): number => Math.min(2000, 20 * 2 ** lost)

/** How often a claim of somebody else is looked at before it is made void. */
const patience = 4

/**
 * A fact: one event, alone in the stream of its own name, which must be new. One look of the server's at that name says
 * that neither the identity nor the stream is there.
 */
export const isFact = ({ stream, expectedRevision, events }: Append): boolean =>
  events.length === 1 &&
  events[0]?.identity === stream &&
  (expectedRevision === 'no-stream' || expectedRevision === -1n)

export const appending = ({ pipe, reader, retrying, random }: AppendingParts): Appending => {
  /** Sends until each has its answer; what is sent again has the same ids, and is done once. */
  const send = async (appends: readonly ServerAppend[]): Promise<readonly Answer[]> => {
    const answers: Array<Answer | undefined> = appends.map(() => undefined)
    for (let attempt = 1; ; attempt++) {
      const open = appends.flatMap((append, index) => (answers[index] === undefined ? [{ append, index }] : []))
      const replies = await pipe.send(open.map(({ append }) => append))
      let passing: { readonly failure: StoreFailure; readonly cause: unknown } | undefined
      let newest = -1n
      for (const [nth, reply] of replies.entries()) {
        const index = open[nth]?.index ?? nth
        if (reply.tag === 'failed') {
          const trouble = troubleOf(reply.error)
          if (trouble === undefined) throw reply.error
          if (trouble.isPassing) passing ??= { failure: trouble.failure, cause: reply.error }
          else answers[index] = { tag: 'refused', failure: trouble.failure }
          continue
        }
        answers[index] = reply
        if (attempt > 1 || reply.tag !== 'written' || reply.position === undefined) continue
        if (reply.position <= newest) throw outOfOrder(appends[index]?.name, reply.position, newest)
        newest = reply.position
      }
      if (passing === undefined) return answers.filter((answer) => answer !== undefined)
      if (attempt === maxAttempts || retrying.closing.aborted)
        throw new StoreError(passing.failure, { cause: passing.cause })
      await retrying.wait(delayMs(attempt), retrying.closing)
    }
  }

  /** Where an append's last event is. For several the server names a place of which it says itself that it is not right. */
  const appended = async (
    { stream, events }: Append,
    before: End,
    position: bigint | undefined,
  ): Promise<AppendOutcome> => {
    const length = BigInt(events.length)
    const revision = before.revision + length
    if (events.length === 1 && position !== undefined) return { outcome: 'appended', position, revision }
    const last = await reader.at(stream, before.serverRevision + length)
    if (last?.kind === 'event') return { outcome: 'appended', position: last.position, revision }
    throw new Error(`An append to ${stream} is said to be done, but is not there.`)
  }

  /** Undefined for what more has to be known of than the one name. */
  const outcomeOfFact = async ({ append }: Work, answer: Answer) => {
    if (answer.tag === 'refused') return left(answer.failure)
    if (answer.tag === 'written') return right(await appended(append, endOf(undefined), answer.position))
    const [offered] = append.events
    const found = offered && (await reader.lookup(offered.identity))
    if (found?.tag !== 'known') return undefined
    const existing = found.event
    const outcome: AppendOutcome =
      existing.contentHash === offered?.contentHash
        ? { outcome: 'duplicate', position: existing.position }
        : { outcome: 'conflict', offered: offered as EventToAppend, existing }
    return right(outcome)
  }

  /**
   * Where the stream ends, and then what is known of the identities: what is free after that was free then, so that all of
   * it was so at one moment.
   */
  const look = async ({ stream, events }: Append): Promise<{ end: End; lookups: readonly Lookup[] }> => {
    const hasOwn = events.some(({ identity }) => identity === stream)
    const own = hasOwn ? await reader.lookup(stream) : undefined
    const end = own === undefined || own.tag === 'known' ? await reader.end(stream) : own.end
    const lookups = await inParallel(events, async ({ identity }) =>
      own !== undefined && identity === stream ? own : reader.lookup(identity),
    )
    return { end, lookups }
  }

  /** The claims that an append needs before it can take place, or what keeps it from making them. */
  const claims = (append: Append, lookups: readonly Lookup[], end: End) => {
    const first = end.serverRevision + 1n
    const wanted: ServerAppend[] = []
    for (const [index, { identity }] of append.events.entries()) {
      const lookup = lookups[index]
      if (lookup === undefined || lookup.tag === 'known') continue
      const at = first + BigInt(index)
      if (lookup.tag === 'pending') {
        const { claim } = lookup
        // Left by the same append when it was tried before: whoever made it, the event will be this one.
        if (claim.stream === append.stream && claim.first === first && claim.at === at && identity !== append.stream)
          continue
        return { tag: 'taken', claim } as const
      }
      // The event itself will be in this stream, and expects the revision as of the look for its identity.
      if (identity === append.stream) continue
      wanted.push({
        name: identity,
        expected: lookup.end.serverRevision,
        messages: [claimMessage({ stream: append.stream, first, at }, lookup.end.revision)],
      })
    }
    return { tag: 'free', wanted } as const
  }

  /** Takes the revision that an append half done expects, so that it can be said that it will not take place. */
  const makeVoid = async (stream: string, first: bigint) => {
    const end = await reader.end(stream)
    if (end.serverRevision !== first - 1n) return
    await send([{ name: stream, expected: end.serverRevision, messages: [voidMessage(end.revision)] }])
  }

  const any = async (work: Work): Promise<AppendOutcome> => {
    const { append, recordedAt } = work
    let waited = 0
    let lost = 0
    // Who loses once only tries again: that others wrote at the same moment is rarely more than chance.
    const lose = async () => {
      if (lost > 0) await retrying.wait(Math.round(random() * longestPauseMs(lost)), retrying.closing)
      lost++
    }
    for (let round = 0; round < maxRounds; round++) {
      const { end, lookups } = await look(append)
      const found = new Map<string, RecordedEvent>()
      for (const lookup of lookups) if (lookup.tag === 'known') found.set(lookup.event.identity, lookup.event)
      const decision = decideAppend(append, {
        known: (identity) => found.get(identity),
        newestRevision: () => end.revision,
      })
      if (decision.tag !== 'append') return outcomeOf(decision)
      const claimed = claims(append, lookups, end)
      if (claimed.tag === 'taken') {
        waited++
        const aboutMs = Math.round(delayMs(waited) * (0.5 + random()))
        if (waited <= patience) await retrying.wait(aboutMs, retrying.closing)
        else await makeVoid(claimed.claim.stream, claimed.claim.first)
        continue
      }
      if (claimed.wanted.length > 0) {
        const answers = (await send(claimed.wanted)).map(unlessRefused)
        if (answers.some(({ tag }) => tag === 'wrong-revision')) {
          await lose()
          continue
        }
      }
      const messages = append.events.map((event, index) =>
        eventMessage(append.stream, event, end.revision + 1n + BigInt(index), recordedAt),
      )
      const sent = await send([{ name: append.stream, expected: end.serverRevision, messages }])
      for (const answer of sent.map(unlessRefused))
        if (answer.tag === 'written') return appended(append, end, answer.position)
      await lose()
    }
    const why = `others wrote to ${append.stream} each of the ${maxRounds} times that this was tried`
    throw new StoreError(unavailable(why).failure)
  }

  return {
    any,
    facts: async (run) => {
      const answers = await send(
        run.map(({ append, recordedAt }) => ({
          name: append.stream,
          expected: -1n,
          messages: append.events.map((event) => eventMessage(append.stream, event, 0n, recordedAt)),
        })),
      )
      const outcomes = await inParallel(run, (work, index) => outcomeOfFact(work, answers[index] as Answer))
      const decided: Either<StoreFailure, AppendOutcome>[] = []
      for (const [index, outcome] of outcomes.entries()) decided.push(outcome ?? right(await any(run[index] as Work)))
      return decided
    },
  }
}

const unlessRefused = (answer: Answer): Exclude<Answer, { readonly tag: 'refused' }> => {
  if (answer.tag === 'refused') throw new StoreError(answer.failure)
  return answer
}

const outOfOrder = (name: string | undefined, position: bigint, newest: bigint): StoreError =>
  new StoreError({
    tag: 'store-corrupt',
    message: `EventStoreDB put ${name} at ${position}, before ${newest}, which was sent earlier: it does not keep the order.`,
  })

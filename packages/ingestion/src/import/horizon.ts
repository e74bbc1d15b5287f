import {
  advanceClock,
  decidePublication,
  decodeEvent,
  type EventType,
  lateBy,
  type TermsVersion,
  termsAt,
} from '@vouch/domain'
import type { EventStore, EventToAppend } from '@vouch/event-store'
import { isRight } from 'fp-ts/lib/Either.js'
import { publicationType } from '../admit/publisher.ts'
import type { Fact } from './fact.ts'
import { type Codec, createSorter, type Sortable, type Sorted } from './sorter.ts'

/** What is known of the programs before an import. */
export interface Programs {
  /** The program's own clock, ms UTC: see Lateness in the contract; undefined while it has no facts. */
  clock(programId: string): number | undefined
  /** The versions of its terms that the log has, in their order. */
  versions(programId: string): readonly TermsVersion[]
}

/** A fact that would be named in the exclusions and otherwise come to nothing. */
export interface LateFact {
  /** Index of the file among those imported. */
  readonly file: number
  readonly line: number
  readonly id: string
  readonly programId: string
  /** How far it lies behind the program's clock. */
  readonly lateMs: number
  /** How far it may, by the terms in force at its own time. */
  readonly horizonMs: number
}

export interface LateFacts {
  readonly count: number
  /** The first few in the order in which they would be appended. */
  readonly first: readonly LateFact[]
}

/** The clocks of the programs as an import moves them. */
export function createClocks(programs: Programs, now: number) {
  const clocks = new Map<string, number | undefined>()
  const clockOf = (programId: string): number | undefined => {
    if (!clocks.has(programId)) clocks.set(programId, programs.clock(programId))
    return clocks.get(programId)
  }
  return {
    /** How late the event is by the clock as it stands. */
    lateBy: (event: EventToAppend): number => lateBy(clockOf(event.programId), timed(event)),
    advance(event: EventToAppend): void {
      clocks.set(event.programId, advanceClock(clockOf(event.programId), timed(event), now))
    },
  }
}

/** Types come from `parseEvent`, so they are those of events. */
const timed = ({ type, time }: EventToAppend) => ({ type: type as EventType, time })

/** Terms by program: those of the log, and those that an import has published so far. */
function createTerms(programs: Programs) {
  const byProgram = new Map<string, readonly TermsVersion[]>()
  const versionsOf = (programId: string) => byProgram.get(programId) ?? programs.versions(programId)
  return {
    horizonAt: (programId: string, time: number) => termsAt(versionsOf(programId), time)?.horizonMs,
    publish(stored: EventToAppend): void {
      const event = decodeEvent(stored)
      if (event.type !== publicationType) return
      const versions = versionsOf(stored.programId)
      const decision = decidePublication(versions, event)
      if (!isRight(decision) || decision.right.tag !== 'next') return
      const { version } = decision.right
      byProgram.set(stored.programId, [...versions, { version, publishedAt: event.time, terms: event.data }])
    },
  }
}

export interface HorizonOptions {
  readonly programs: Programs
  readonly store: Pick<EventStore, 'find'>
  readonly now: number
  readonly budgetBytes: number
  readonly tmpDir: string
  /** Called before each batch; may throw to stop. */
  readonly onBatch: () => void
}

/** How many look-ups are under way at a time. */
const lookups = 64

const shown = 5

/**
 * Finds the facts that would be beyond the horizon if all were appended in this order. What the log has already, or an
 * earlier line of the import, is a duplicate or a conflict and so not late. A fact that comes before any terms is judged by
 * the terms that come later in the import.
 *
 * A line that will turn out to conflict moves the clock here although it will not be appended: at worst an import stops
 * that could have been let through.
 * @param publications all terms in the import, in the order in which they are appended
 */
export async function findBeyondHorizon(
  facts: Sorted<Fact>,
  publications: readonly EventToAppend[],
  options: HorizonOptions,
): Promise<LateFacts> {
  const { budgetBytes, tmpDir } = options
  const mentions = createSorter({ codec: mentionCodec, budgetBytes, tmpDir })
  try {
    if (!(await addCandidates(facts, publications, options, (mention) => mentions.add(mention)))) return none
    let seq = 0
    for await (const batch of facts.scan(batchSize)) {
      options.onBatch()
      for (const { event } of batch) await mentions.add({ key: keyOf(event), seq: seq++ * 2, identity: event.identity })
    }
    return await firstMentions(await mentions.finish())
  } finally {
    await mentions.close()
  }
}

const none: LateFacts = { count: 0, first: [] }

const batchSize = 1000

/** Adds each fact that is beyond the horizon and not in the log. */
async function addCandidates(
  facts: Sorted<Fact>,
  publications: readonly EventToAppend[],
  { programs, store, now, onBatch }: HorizonOptions,
  add: (mention: Mention) => Promise<void> | undefined,
): Promise<boolean> {
  const clocks = createClocks(programs, now)
  const soFar = createTerms(programs)
  const inTheEnd = createTerms(programs)
  for (const publication of publications) inTheEnd.publish(publication)
  let seq = 0
  let found = false
  for await (const batch of facts.scan(batchSize)) {
    onBatch()
    const candidates: Mention[] = []
    for (const { file, line, event } of batch) {
      const { programId, time, id, identity } = event
      const ordinal = seq++
      if (event.type === publicationType) soFar.publish(event)
      const lateMs = clocks.lateBy(event)
      clocks.advance(event)
      if (lateMs === 0) continue
      const horizonMs = soFar.horizonAt(programId, time) ?? inTheEnd.horizonAt(programId, time)
      if (horizonMs === undefined || lateMs <= horizonMs) continue
      candidates.push({
        key: keyOf(event),
        seq: ordinal * 2 + 1,
        identity,
        late: { file, line, id, programId, lateMs, horizonMs },
      })
    }
    for (let from = 0; from < candidates.length; from += lookups) {
      const group = candidates.slice(from, from + lookups)
      const known = await Promise.all(group.map(({ identity }) => store.find(identity)))
      for (const [index, mention] of group.entries()) {
        if (known[index] !== undefined) continue
        found = true
        await add(mention)
      }
    }
  }
  return found
}

/** That an identity occurs at a place of the import: plain ones at even numbers, late ones at the odd number after. */
interface Mention extends Sortable {
  readonly identity: string
  readonly late?: LateFact
}

const mentionCodec: Codec<Mention> = {
  encode: (mention) => JSON.stringify(mention),
  decode: (line) => JSON.parse(line) as Mention,
}

/** A number below 2^53 that is the same for the same identity, to bring its mentions together. */
function keyOf({ identity }: EventToAppend): number {
  let high = 0x811c9dc5
  let low = 0x9e3779b9
  for (let at = 0; at < identity.length; at++) {
    const unit = identity.charCodeAt(at)
    high = Math.imul(high ^ unit, 0x01000193)
    low = Math.imul(low + unit, 0x85ebca6b) ^ (low >>> 13)
  }
  return (high >>> 11) * 2 ** 32 + (low >>> 0)
}

/** Of the late mentions, those that are the first of their identity. */
async function firstMentions(mentions: Sorted<Mention>): Promise<LateFacts> {
  let count = 0
  let first: Mention[] = []
  let key: number | undefined
  /** Identities with the present key, and the number of their first mention. */
  let seen = new Map<string, number>()
  for await (const batch of mentions.scan(batchSize)) {
    for (const mention of batch) {
      if (mention.key !== key) {
        key = mention.key
        seen = new Map()
      }
      const earliest = seen.get(mention.identity)
      if (earliest === undefined) seen.set(mention.identity, mention.seq)
      else if (mention.late !== undefined && mention.seq === earliest + 1) {
        count++
        first = [...first, mention].sort((one, other) => one.seq - other.seq).slice(0, shown)
      }
    }
  }
  return { count, first: first.flatMap(({ late }) => (late === undefined ? [] : [late])) }
}

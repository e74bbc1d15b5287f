import { decodeEvent, type EventOf, type TermsVersion } from '@vouch/domain'
import { attribution, explainConversion } from '@vouch/projection-attribution'
import { type FoldState, memoryState } from '@vouch/projector'
import type { Published, Warehouse } from '@vouch/warehouse'
import { Failure } from '../failure.ts'
import type { Knowledge } from '../folds.ts'

export interface KnowledgeLimits {
  /** Events of a program that are folded in memory at the most. */
  readonly maxEvents: number
  /** How long one question may fold, ms. */
  readonly maxMs: number
  /** How long what was folded is kept for the next question, ms. */
  readonly keepMs: number
}

/** 150,000 events of the benchmark's program took 87 MiB and 6 s: a million take two questions, and 600 MiB. */
export const knowledgeLimits: KnowledgeLimits = { maxEvents: 1_000_000, maxMs: 30_000, keepMs: 300_000 }

/** All that is known of a program, to read before anything else is awaited. */
export interface Known {
  readonly state: FoldState
  /** The newest position that is in it. */
  readonly position: bigint
}

export interface GroupKnowledge extends Knowledge {
  /**
   * @param signal gives it up
   * @throws Failure where it cannot be had
   */
  of(programId: string, signal?: AbortSignal): Promise<Known>
}

export interface KnowledgeParts {
  readonly warehouse: Pick<Warehouse, 'rows' | 'published'>
  /** Lets others have their turn. */
  readonly breathe: () => Promise<void> | undefined
  readonly limits?: Partial<KnowledgeLimits> | undefined
}

/** An event as the table `events` keeps it: its data is the text of the log. */
interface EventRow {
  readonly position: string
  readonly type: string
  readonly source: string
  readonly id: string
  readonly time: string
  readonly recordedAt: string
  readonly data: string
}

/** Rows that are asked for at once. */
const pageRows = 10_000

/** A program's fold so far. */
interface Folded {
  readonly programId: string
  readonly generation: number
  readonly state: FoldState
  position: bigint
  events: number
}

/**
 * What the fold knows where other processes do the folding: a program's events are folded again, in memory, from the log as
 * the tables have it and as far as they show it. So an explanation is of the very position that its rows are of. What was
 * folded last is kept for a while, since a question is seldom alone.
 */
export function createKnowledge({ warehouse, breathe, limits }: KnowledgeParts): GroupKnowledge {
  const { maxEvents, maxMs, keepMs } = { ...knowledgeLimits, ...limits }
  let kept: Folded | undefined
  let expiry: NodeJS.Timeout | undefined
  let last: Promise<unknown> = Promise.resolve()

  const eventsOf = ({ generation, position }: Published, where: string, after: bigint, more: Record<string, unknown>) =>
    warehouse.rows<EventRow>(
      `SELECT position, type, source, event_id AS id, toUnixTimestamp64Milli(occurred_at) AS time,
         toUnixTimestamp64Milli(recorded_at) AS recordedAt, data
       FROM vouch_store.events FINAL
       WHERE generation = ${generation} AND position > ${after} AND position <= ${position} AND ${where}
       ORDER BY position LIMIT ${pageRows}`,
      more,
    )

  async function foldOn(folded: Folded, published: Published, signal: AbortSignal | undefined): Promise<void> {
    const end = performance.now() + maxMs
    while (folded.position < published.position) {
      const programId = folded.programId
      const rows = await eventsOf(published, 'program_id = {program:String}', folded.position, { program: programId })
      for (const row of rows) {
        signal?.throwIfAborted()
        const event = decodeEvent({ ...row, time: Number(row.time) })
        const position = BigInt(row.position)
        attribution.fold(folded.state, { position, recordedAt: Number(row.recordedAt), event }, [])
        folded.position = position
        if (++folded.events > maxEvents) throw tooLarge(programId, maxEvents)
        if (performance.now() > end) throw tooLong(programId, folded.events)
        const pause = breathe()
        if (pause) await pause
      }
      if (rows.length < pageRows) folded.position = published.position
    }
  }

  function keep(folded: Folded | undefined): void {
    clearTimeout(expiry)
    kept = folded
    if (folded !== undefined) expiry = setTimeout(() => keep(undefined), keepMs).unref()
  }

  async function know(programId: string, signal: AbortSignal | undefined): Promise<Known> {
    const published = await warehouse.published('live')
    if (published === undefined) return { state: memoryState(), position: 0n }
    const { generation } = published
    const usable = kept?.programId === programId && kept.generation === generation ? kept : undefined
    const folded = usable ?? { programId, generation, state: memoryState(), position: 0n, events: 0 }
    keep(undefined)
    try {
      await foldOn(folded, published, signal)
    } catch (error) {
      // Between two events it is whole, and the next question goes on from there.
      if (error instanceof TooLong) keep(folded)
      throw error
    }
    keep(folded)
    return { state: folded.state, position: folded.position }
  }

  /** One after another: each may take much memory, and the one before may have done the work. */
  function of(programId: string, signal?: AbortSignal): Promise<Known> {
    const turn = last.then(() => know(programId, signal))
    last = turn.catch(() => undefined)
    return turn
  }

  return {
    of,
    async explain(programId, conversionId, signal) {
      const { state, position } = await of(programId, signal)
      return { explanation: explainConversion(state, programId, conversionId), position }
    },
    async programs() {
      const published = await warehouse.published('live')
      if (published === undefined) return { clock: () => undefined, versions: () => [] }
      const clocks = await warehouse.rows<{ program: string; clock: string }>(
        `SELECT program_id AS program, toUnixTimestamp64Milli(max(least(occurred_at, recorded_at))) AS clock
         FROM vouch_store.events FINAL
         WHERE generation = ${published.generation} AND position <= ${published.position}
           AND type IN ('vouch.click.v1', 'vouch.share.v1', 'vouch.signup.v1', 'vouch.conversion.v1')
         GROUP BY program_id`,
      )
      const clockOf = new Map(clocks.map(({ program, clock }) => [program, Number(clock)]))
      const versionsOf = new Map<string, TermsVersion[]>()
      for (let after = 0n; ; ) {
        const rows = await eventsOf(published, `type = 'vouch.program.published.v1'`, after, {})
        for (const row of rows) {
          const { data, time } = decodeEvent({
            ...row,
            time: Number(row.time),
          }) as EventOf<'vouch.program.published.v1'>
          const versions = versionsOf.get(data.programId) ?? []
          versionsOf.set(data.programId, [
            ...versions,
            { version: versions.length + 1, publishedAt: time, terms: data },
          ])
          after = BigInt(row.position)
        }
        if (rows.length < pageRows) break
      }
      return { clock: (id) => clockOf.get(id), versions: (id) => versionsOf.get(id) ?? [] }
    },
  }
}

const elsewhere =
  'with VOUCH_PROJECTION=own, VOUCH_WAREHOUSE=chdb and --data NEWFOLDER the same command folds the log into tables of its own and answers from these'

/** A question was given up that can be asked again. */
export class TooLong extends Failure {}

const tooLong = (programId: string, events: number) =>
  new TooLong(
    `Program ${programId} has more events than can be folded at once for an explanation; ${events} are done, and it goes on there when it is asked again within five minutes.`,
  )

const tooLarge = (programId: string, maxEvents: number) =>
  new Failure(
    `Program ${programId} has more than ${maxEvents} events, and is not folded in memory for an explanation: ${elsewhere}.`,
  )

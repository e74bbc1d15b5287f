import type { Published } from '@vouch/warehouse'
import { madeByOf } from '../generations.ts'
import type { Breathe } from '../slices.ts'
import { slices } from '../slices.ts'
import { gathering } from './gather.ts'
import { Lag } from './lag.ts'
import { completeInAll, type PartitionRecord, type Stated } from './partition.ts'
import { hasStateOf, Share, type ShareParts } from './share.ts'

export interface MemberParts extends ShareParts {
  /** Of the log. */
  readonly partitions: number
  /** ms since the epoch, UTC; for lag and the time of publication alone, never for what the rows say. */
  readonly clock: () => number
  /** Lets others have their turn; by default after 12 ms of work. */
  readonly breathe?: Breathe | undefined
}

/** How far a member of a group of projectors is. */
export interface MemberStanding {
  /** Partitions that it takes for its own, and how far each is, durably. */
  readonly partitions: ReadonlyMap<number, bigint>
  /** Events folded since the start. */
  readonly events: number
  /** Failures since the start, of folding, inserting or storing. */
  readonly failures: number
  /** Why a partition does not go on, by partition. */
  readonly stopped: ReadonlyMap<number, string>
  /** What readers see, as far as is known here. */
  readonly shown: Pick<Published, 'generation' | 'position' | 'lagMs'> | undefined
  /** The newest position that the relay has stated. */
  readonly stated: bigint
}

/**
 * One of a group of projectors that make one generation together, each the partitions that it was dealt. Any of them may be
 * stopped, killed or replaced without knowing it, at any instruction. Nothing here deletes; what is written is true whoever
 * writes it, and late.
 */
export class Member {
  readonly #parts: MemberParts
  readonly #breathe: Breathe
  readonly #shares = new Map<number, Share>()
  readonly #stopped = new Map<number, string>()
  readonly #lag = new Lag()
  #marks: Promise<ReadonlyMap<number, bigint>> | undefined
  #shown: Published | undefined
  #failures = 0
  #ticking: Promise<void> = Promise.resolve()

  private constructor(parts: MemberParts) {
    this.#parts = { ...parts, writer: gathering(parts.warehouse) }
    this.#breathe = parts.breathe ?? slices()
  }

  /**
   * Joins those who make the generation.
   * @throws WarehouseError `other-generation` if other code makes it, or it is gone
   */
  static async join(parts: MemberParts): Promise<Member> {
    const { warehouse, generation, projections, partitions } = parts
    await warehouse.shared.found(generation, { madeBy: madeByOf(projections), partitions })
    const member = new Member(parts)
    member.#shown = await warehouse.published('live')
    return member
  }

  /** How many the log has. */
  get partitions(): number {
    return this.#parts.partitions
  }

  /**
   * The partitions that are its own from now on. What it holds of others is let go of when it next has nothing to do there.
   * @returns by partition, the offset to read from
   */
  own(partitions: readonly number[]): ReadonlyMap<number, bigint> {
    this.#marks = undefined
    for (const share of this.#shares.values()) share.isOwned = partitions.includes(share.partition)
    return new Map(partitions.map((partition) => [partition, this.#shareOf(partition).from] as const))
  }

  /** Partitions that it has now, and those that it has a state of. */
  holdings(): { readonly owned: readonly number[]; readonly held: readonly number[] } {
    const { partitions } = this.#parts
    const all = Array.from({ length: partitions }, (_, partition) => partition)
    return {
      owned: this.#owned().map(({ partition }) => partition),
      held: all.filter((partition) => hasStateOf(partition, this.#parts)),
    }
  }

  /** Where to read a partition from. */
  from(partition: number): bigint {
    return this.#shareOf(partition).from
  }

  /** @throws what keeps the partition from going on; the others go on. Then it is to be read again from where `from` says. */
  async take(partition: number, records: readonly PartitionRecord[]): Promise<void> {
    try {
      await this.#shareOf(partition).take(records)
      this.#stopped.delete(partition)
    } catch (error) {
      this.#failed(partition, error)
      throw error
    }
  }

  /** What the relay has stated. */
  state(stated: Stated): void {
    const { partitions } = this.#parts
    if (stated.ends.length !== partitions) {
      throw new Error(`The relay states ${stated.ends.length} partitions of the log, and here it has ${partitions}.`)
    }
    this.#lag.state(stated)
  }

  /**
   * Makes durable what was folded, says how far each partition is, and moves the pointer if it is the one who does.
   * @param isLast makes all durable, whether it is time or not
   * @returns partitions that failed, which are to be read again from where `from` says
   * @throws what the warehouse has to say
   */
  tick(isLast = false): Promise<readonly number[]> {
    const next = this.#ticking.then(() => this.#tick(isLast))
    this.#ticking = next.then(
      () => undefined,
      () => undefined,
    )
    return next
  }

  standing(): MemberStanding {
    const owned = this.#owned()
    const newest = this.#lag.newest
    return {
      partitions: new Map(owned.map((share) => [share.partition, share.completeUpTo(newest)] as const)),
      events: [...this.#shares.values()].reduce((sum, { events }) => sum + events, 0),
      failures: this.#failures,
      stopped: new Map([...this.#stopped].filter(([partition]) => this.#shares.get(partition)?.isOwned)),
      shown: this.#shown,
      stated: newest?.position ?? 0n,
    }
  }

  /** Makes durable what it can, and lets go of all. */
  async close(): Promise<void> {
    await this.tick(true).catch(() => undefined)
    await Promise.all([...this.#shares.values()].map((share) => share.close()))
  }

  #owned(): readonly Share[] {
    return [...this.#shares.values()].filter(({ isOwned }) => isOwned)
  }

  #shareOf(partition: number): Share {
    const known = this.#shares.get(partition)
    if (known) return known
    const share = new Share(partition, this.#parts, this.#breathe, () => this.#durableUpTo(partition))
    this.#shares.set(partition, share)
    return share
  }

  async #durableUpTo(partition: number): Promise<bigint> {
    this.#marks ??= this.#parts.warehouse.shared.marks(this.#parts.generation)
    try {
      return (await this.#marks).get(partition) ?? 0n
    } catch (error) {
      this.#marks = undefined
      throw error
    }
  }

  #failed(partition: number, error: unknown): void {
    this.#failures++
    this.#stopped.set(partition, error instanceof Error ? error.message : String(error))
  }

  async #tick(isLast: boolean): Promise<readonly number[]> {
    const failed: number[] = []
    await Promise.all(
      [...this.#shares.values()].map(async (share) => {
        if (!share.isOwned) return share.release()
        if (!isLast && !share.isDue(this.#lag.newest, this.#parts.now?.() ?? performance.now())) return
        try {
          await share.flush()
        } catch (error) {
          this.#failed(share.partition, error)
          failed.push(share.partition)
        }
      }),
    )
    await this.#mark()
    if (this.#shares.get(0)?.isOwned) await this.#show()
    return failed
  }

  async #mark(): Promise<void> {
    const news = new Map<number, bigint>()
    for (const share of this.#owned()) {
      const mark = share.completeUpTo(this.#lag.newest)
      if (share.marked === undefined || mark > share.marked) news.set(share.partition, mark)
    }
    if (news.size === 0) return
    await this.#parts.warehouse.shared.mark(this.#parts.generation, news)
    for (const [partition, mark] of news) this.#shareOf(partition).marked = mark
  }

  /** The one who has the first partition does; that two may think so is no harm. */
  async #show(): Promise<void> {
    const { warehouse, generation, partitions, clock } = this.#parts
    const head = this.#lag.newest?.position
    if (head === undefined) return
    const shown = this.#shown
    if (shown?.generation === generation && shown.position >= head && shown.head >= head) return
    const position = completeInAll(await warehouse.shared.marks(generation), partitions)
    if (position === undefined) return
    const live = await warehouse.published('live')
    this.#shown = live
    // Which generation readers see is an operator's to say, once one is shown.
    if (live !== undefined && live.generation !== generation) return
    if (live !== undefined && live.position > position) return
    if (live?.position === position && live.head >= head) return
    const recordedAt = this.#owned().find((share) => share.flushedTo === position)?.recordedAt
    const lagMs = Math.round(this.#lag.at(position, recordedAt, clock()))
    const next = { generation, position, head: head > position ? head : position, lagMs, publishedAt: clock() }
    await warehouse.shared.raise('live', next)
    this.#shown = next
  }
}

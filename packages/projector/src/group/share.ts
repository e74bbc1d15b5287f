import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { FoldError } from '../folding.ts'
import { Gate } from '../gate.ts'
import {
  type Generation,
  type GenerationParts,
  hasState,
  madeByOf,
  openGeneration,
  removeState,
} from '../generations.ts'
import type { Breathe } from '../slices.ts'
import { completeUpTo, fitOf, type PartitionRecord, type Stated } from './partition.ts'

export interface ShareParts extends GenerationParts {
  readonly generation: number
  /** How much to fold between two checkpoints, in events and changed values; default 100,000. */
  readonly checkpointAfter?: number | undefined
  /** ms of a clock that only goes forward; for simulations. */
  readonly now?: (() => number) | undefined
}

const folderOf = (partition: number, { folder }: Pick<ShareParts, 'folder'>): string =>
  join(folder, `partition-${partition}`)

/** Whether there is a state of a partition here, so that it would not have to be folded from its beginning. */
export const hasStateOf = (partition: number, parts: Pick<ShareParts, 'folder' | 'generation'>): boolean =>
  hasState(folderOf(partition, parts), parts.generation)

/** Something is missing before an event: the reader has to go back to where the fold stands. */
export class Gap extends Error {
  override readonly name = 'Gap'
}

const defaultCheckpointAfter = 100_000

/** What is behind is made durable at least so often, ms, if anything comes. */
const mostUnflushedMs = 5_000

/**
 * A partition of the log and its fold. It may be fed by a reader that repeats itself or leaves something out, in a process
 * that does not know that the partition is another's by now: what it writes are the rows that anybody would write.
 * After a failure it stands at its last checkpoint.
 */
export class Share {
  readonly partition: number
  readonly #parts: ShareParts
  readonly #breathe: Breathe
  readonly #gate = new Gate()
  readonly #durableUpTo: () => Promise<bigint>
  #generation: Generation | undefined
  #insertAfter: bigint | undefined
  /** Kafka's offset of the newest event that was folded. */
  #offset = 0n
  /** And that event's identity; empty if there is none. */
  #identity = ''
  #isVerified = false
  /** When the newest event that was folded was recorded. */
  #recordedAt: number | undefined
  /** An event that could not be folded; what comes before it is folded by itself. */
  #poison: bigint | undefined
  #events = 0
  #flushedAt = 0
  isOwned = true
  /** The newest mark that is durable: what the state remembers, to know whether the tables have lost something since. */
  marked: bigint | undefined

  /** @param durableUpTo up to which log position rows of this partition are durable, whoever has written them */
  constructor(partition: number, parts: ShareParts, breathe: Breathe, durableUpTo: () => Promise<bigint>) {
    this.partition = partition
    const folder = folderOf(partition, parts)
    mkdirSync(folder, { recursive: true })
    this.#parts = { ...parts, folder }
    this.#breathe = breathe
    this.#durableUpTo = durableUpTo
  }

  /** Offset to read from: that of the newest event that is folded, which is how the fold knows its log. */
  get from(): bigint {
    this.#open()
    return this.#offset
  }

  /** Newest position whose rows and state are durable. */
  get flushedTo(): bigint {
    return this.#generation?.folding.flushedTo ?? 0n
  }

  get recordedAt(): number | undefined {
    return this.#recordedAt
  }

  /** Events folded since it was made. */
  get events(): number {
    return this.#events
  }

  /**
   * Whether what was folded is to be made durable now: when there is nothing more to fold, for readers wait for it; while it
   * is behind, now and then, for small writes cost as much as large ones.
   * @param now ms of a clock that only goes forward
   */
  isDue(stated: Stated | undefined, now: number): boolean {
    const folding = this.#generation?.folding
    if (folding === undefined || folding.unflushed === 0) return false
    const end = stated?.ends[this.partition]?.position ?? 0n
    return folding.position >= end || now - this.#flushedAt >= mostUnflushedMs
  }

  completeUpTo(stated: Stated | undefined): bigint {
    return completeUpTo(this.flushedTo, this.partition, stated)
  }

  /**
   * Folds what is new among events of its partition, in the order of their offsets.
   * @throws FoldError, Gap, or what the state or the warehouse has to say; then read again, from `from`
   */
  take(records: readonly PartitionRecord[]): Promise<void> {
    return this.#step(async () => {
      const fresh = this.#fresh(records)
      const at = fresh.findIndex(({ event }) => event.position === this.#poison)
      if (at < 0) return this.#fold(fresh)
      await this.#fold(fresh.slice(0, at))
      await this.#flush()
      await this.#fold(fresh.slice(at))
      this.#poison = undefined
    })
  }

  /** Makes durable what was folded. */
  flush(): Promise<void> {
    return this.#step(() => this.#flush())
  }

  /** Lets go of the state, unless it is to be used on. What was not flushed is forgotten. */
  release(): Promise<void> {
    return this.#gate.enter(async () => {
      if (!this.isOwned) await this.#close()
    })
  }

  close(): Promise<void> {
    return this.#gate.enter(() => this.#close())
  }

  #step(step: () => Promise<void>): Promise<void> {
    return this.#gate.enter(async () => {
      this.#open()
      await this.#learnWhatIsDurable()
      try {
        await step()
      } catch (error) {
        if (error instanceof FoldError) this.#poison = error.position
        await this.#close()
        throw error
      }
    })
  }

  /** Rows that are durable need not be written again; it makes a difference where all is folded anew. */
  async #learnWhatIsDurable(): Promise<void> {
    if (this.#insertAfter !== undefined) return
    const durable = await this.#durableUpTo()
    const { state } = this.#generation as Generation
    if (state.at.shown > durable) {
      this.#forget()
      throw new Gap(
        `The tables have partition ${this.partition} up to position ${durable}, and had it up to ${state.at.shown}: they are an older copy. The partition is folded anew.`,
      )
    }
    this.#insertAfter = durable
    if (state.at.position >= durable) return
    await this.#close()
    this.#open()
  }

  #fresh(records: readonly PartitionRecord[]): readonly PartitionRecord[] {
    const { folding } = this.#generation as Generation
    let at = { position: folding.position, identity: this.#identity }
    const fresh: PartitionRecord[] = []
    for (const record of records) {
      switch (fitOf(at, record, this.#isVerified)) {
        case 'known':
          if (record.event.position === at.position) this.#isVerified = true
          break
        case 'fold':
          fresh.push(record)
          at = record.event
          this.#isVerified = true
          break
        case 'gap':
          throw new Gap(
            `Partition ${this.partition} of the log gave position ${record.event.position} after ${at.position}; ${record.before} should come between.`,
          )
        case 'another':
          this.#forget()
          throw new Gap(
            `The state of partition ${this.partition} at position ${at.position} is not of this log; it is made anew.`,
          )
      }
    }
    return fresh
  }

  async #fold(records: readonly PartitionRecord[]): Promise<void> {
    const last = records.at(-1)
    if (last === undefined) return
    const { folding } = this.#generation as Generation
    await folding.fold(records.map(({ event }) => event))
    this.#offset = last.offset
    this.#identity = last.event.identity
    this.#recordedAt = last.event.recordedAt
    this.#events += records.length
    if (folding.unflushed >= (this.#parts.checkpointAfter ?? defaultCheckpointAfter)) await this.#flush()
  }

  async #flush(): Promise<void> {
    this.#flushedAt = this.#parts.now?.() ?? performance.now()
    await this.#generation?.folding.flush(this.marked ?? 0n, this.#offset.toString())
  }

  #open(): void {
    if (this.#generation) return
    const { generation, projections } = this.#parts
    const open = () => openGeneration(this.#parts, generation, this.#breathe, this.#insertAfter)
    let opened = open()
    if (opened.state.madeBy !== madeByOf(projections)) {
      opened.state.close()
      removeState(this.#parts.folder, generation)
      opened = open()
    }
    this.#generation = opened
    this.#offset = BigInt(opened.state.at.source ?? 0)
    this.#identity = opened.state.at.identity
    this.#isVerified = opened.state.at.position === 0n
  }

  async #close(): Promise<void> {
    const open = this.#generation
    this.#generation = undefined
    await open?.folding.close()
    if (open?.state.damaged) removeState(this.#parts.folder, this.#parts.generation)
  }

  /** Its state is of another log. */
  #forget(): void {
    const open = this.#generation
    this.#generation = undefined
    open?.state.close()
    removeState(this.#parts.folder, this.#parts.generation)
  }
}

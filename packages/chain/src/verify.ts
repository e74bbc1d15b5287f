import { setImmediate as turn } from 'node:timers/promises'
import type { EventStore } from '@vouch/event-store'
import { entryText, nextHash } from './entry.ts'
import { beginning, markBytes, type Seal, type Seals } from './seals.ts'

export interface ChainVerdict {
  /** The log as it is now, up to its head. */
  readonly now: Seal
  /** How many seals it was held against. */
  readonly seals: number
  readonly tampered?: Tampering | undefined
}

export interface Tampering {
  /** The first position at which the log is not what was sealed. */
  readonly position: bigint
  /** Where even that could not be told: it lies after `after` and not beyond `position`. */
  readonly after?: bigint | undefined
  /** One sentence. */
  readonly says: string
}

export interface VerifyOptions {
  readonly store: Pick<EventStore, 'readAll'>
  readonly seals: Seals
  /** Seals from elsewhere, as printed on a payout or published. */
  readonly published?: readonly Pick<Seal, 'position' | 'hash'>[]
  readonly signal?: AbortSignal
  readonly onProgress?: (position: bigint) => void
}

/** Recomputes the chain from the log's first event on, holds it against every seal, and names where the two part. */
export async function verifyChain(options: VerifyOptions): Promise<ChainVerdict> {
  const { store, seals, published = [], signal, onProgress } = options
  const kept = [...seals.list()]
  const awaited = inOrder(kept, published)
  const marks = createMarks(seals, kept)
  let { position, count, hash } = beginning
  const sound = { own: 0n, elsewhere: 0n }
  let next = 0
  let parted: Parting | undefined
  // Sealed while it was empty: every log begins so.
  while (awaited[next]?.position === beginning.position && awaited[next]?.hash === beginning.hash) next++
  const verdict = (tampered?: Tampering): ChainVerdict => ({
    now: { position, count, hash },
    seals: awaited.length,
    tampered,
  })
  for await (const batch of store.readAll(0n)) {
    signal?.throwIfAborted()
    for (const event of batch) {
      const before = position
      const skipped = awaited[next]
      if (skipped && skipped.position < event.position) return verdict(gone(skipped, before, parted))
      count++
      hash = nextHash(hash, entryText(event, count))
      position = event.position
      if (parted === undefined && marks.differ(count, hash)) parted = { before, at: position }
      for (let seal = awaited[next]; seal?.position === position; seal = awaited[++next]) {
        // Seals of the folder can have been made anew with what was changed; then they say nothing about one from elsewhere.
        if (seal.hash !== hash)
          return verdict(changed(position, parted, seal.from === 'own' ? max(sound) : sound.elsewhere))
        sound[seal.from] = position
      }
    }
    onProgress?.(position)
    await turn()
  }
  const missing = awaited[next]
  return verdict(missing && cutOff(missing.position, position, parted))
}

type Awaited = Pick<Seal, 'position' | 'hash'> & { readonly from: 'own' | 'elsewhere' }

const max = ({ own, elsewhere }: Record<Awaited['from'], bigint>): bigint => (own > elsewhere ? own : elsewhere)

function inOrder(kept: readonly Seal[], published: readonly Pick<Seal, 'position' | 'hash'>[]): Awaited[] {
  const all: Awaited[] = []
  for (const { position, hash } of kept) all.push({ position, hash, from: 'own' })
  for (const { position, hash } of published) all.push({ position, hash, from: 'elsewhere' })
  return all.sort((a, b) => (a.position < b.position ? -1 : a.position > b.position ? 1 : 0))
}

/** The marks of each event's hash, stretch by stretch; where there are none, nothing differs. */
function createMarks(seals: Seals, kept: readonly Seal[]) {
  const ends = kept.filter((seal) => seal.reason === undefined).map((seal) => seal.count)
  let at = 0
  let from = 0
  let bytes = ends[0] === undefined ? undefined : seals.marks(ends[0])
  return {
    differ(count: number, hash: string): boolean {
      while (at < ends.length && count > (ends[at] as number)) {
        from = ends[at] as number
        at++
        bytes = ends[at] === undefined ? undefined : seals.marks(ends[at] as number)
      }
      if (!bytes) return false
      const place = (count - from - 1) * markBytes
      const mark = bytes.subarray(place, place + markBytes)
      return mark.length === markBytes && Buffer.from(mark).toString('hex') !== hash.slice(0, 2 * markBytes)
    },
  }
}

/** Where the hashes of the log and those that were sealed part: at the event `at`, after one at `before` that is sound. */
interface Parting {
  readonly before: bigint
  readonly at: bigint
}

function changed(position: bigint, parted: Parting | undefined, sealed: bigint): Tampering {
  if (parted === undefined) {
    const where = `between positions ${sealed + 1n} and ${position}`
    return { position, after: sealed, says: `An event ${where} is not what it was when the log was sealed.` }
  }
  const { before, at } = parted
  if (at === before + 1n)
    return { position: at, says: `The event at position ${at} is not what it was when the log was sealed.` }
  const says = `What the log had next after position ${before} when it was sealed is not there; now the next is at ${at}.`
  return { position: before + 1n, says }
}

/** A seal stands at a position at which the log has nothing any more. */
function gone({ position }: Awaited, before: bigint, parted: Parting | undefined): Tampering {
  if (parted) return changed(position, parted, before)
  const says = `The event at position ${position}, at which the log was sealed, is gone; the one before it is at ${before}.`
  return { position, says }
}

function cutOff(sealedTo: bigint, head: bigint, parted: Parting | undefined): Tampering {
  if (parted !== undefined) return changed(head, parted, head)
  return { position: head + 1n, says: `The log ends at position ${head}, but it was sealed up to ${sealedTo}.` }
}

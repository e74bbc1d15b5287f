import { prepare } from '../../packages/ingestion/src/index.ts'
import { type Random, randomLog } from '../../packages/testing/src/index.ts'

/** An event as it is sent, and what the log has to say of it if it takes it. */
export interface Offer {
  /** The event as JSON. */
  readonly wire: string
  /** The name by which the log knows it for ever. */
  readonly identity: string
  readonly type: string
  /** SHA-256 of its content, hex. */
  readonly contentHash: string
  /** Its data as canonical JSON. */
  readonly data: string
}

/** A batch that is sent in one request. */
export type Batch = readonly Offer[]

const everyScope = new Set(['ingest', 'admin'] as const)

/** What an event becomes in the log; undefined if it is no event. */
function offerOf(event: Readonly<Record<string, unknown>>): Offer | undefined {
  const prepared = prepare({ tag: 'value', value: event }, Date.now(), everyScope)
  if (prepared._tag === 'Left') return undefined
  const { identity, contentHash, type, data } = prepared.right
  return { wire: JSON.stringify(event), identity, contentHash, type, data }
}

/**
 * The events of one random program, in the order of their arrival. Ids are its own, so that any number of programs can be in
 * one log.
 */
export function programEvents(seed: number): readonly Offer[] {
  const own = (id: unknown) => `p${seed}-${id}`
  return randomLog(seed).flatMap(({ event }) => {
    const { id, source, type, time, data } = event
    // The only event that names another one by its id.
    const names = type === 'vouch.touch.disqualified.v1' ? { id: own(data.id) } : {}
    return (
      offerOf({
        specversion: '1.0',
        id: own(id),
        source,
        type,
        time: new Date(time).toISOString(),
        data: { ...data, ...names, programId: own(data.programId) },
      }) ?? []
    )
  })
}

/** The same event with another content, as a sender with a mistake would send it. */
export function contradictionOf({ wire }: Offer): Offer | undefined {
  const event = JSON.parse(wire) as { time: string }
  return offerOf({ ...event, time: new Date(Date.parse(event.time) + 1).toISOString() })
}

/** Events cut into batches, with repetitions of earlier ones and contradictions between them. */
export function batchesOf(offers: readonly Offer[], random: Random): Batch[] {
  const batches: Batch[] = []
  for (let from = 0; from < offers.length; ) {
    const size = random.pick([1, 1, 2, 4, 8, 16])
    const batch = offers.slice(from, from + size)
    from += size
    if (random.chance(0.1)) batch.push(batch[0] as Offer)
    batches.push(batch)
    const earlier = random.any(batches)
    if (earlier !== undefined && random.chance(0.15)) batches.push(earlier)
    const contradicted = random.any(offers.slice(0, from))
    const contradiction = contradicted && random.chance(0.08) ? contradictionOf(contradicted) : undefined
    if (contradiction !== undefined) batches.push([contradiction])
  }
  return batches
}

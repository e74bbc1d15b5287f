import { canonicalJson, decodeEvent, type VouchEvent } from '../../packages/domain/src/index.ts'
import type { RecordedEvent } from '../../packages/event-store/src/index.ts'
import { type Random, randomFrom } from '../../packages/testing/src/index.ts'
import { storedRandomLog } from '../mutations/stored.ts'

/** A log of several programs, mixed at random, with positions that have gaps as those of a server do. */
export function mixedLog(seed: number, programs: number, facts: [number, number] = [3, 12]): readonly RecordedEvent[] {
  const random = randomFrom(seed)
  const own = Array.from({ length: programs }, (_, index) =>
    storedRandomLog(seed * 100 + index, { facts, oddIds: false }).map(({ event, recordedAt }) => ({
      event: rename(event as unknown as VouchEvent, `${index}-${seed}`),
      recordedAt,
    })),
  )
  const log: RecordedEvent[] = []
  let [position, newest] = [0n, Number.NEGATIVE_INFINITY]
  for (let left = own.filter((it) => it.length > 0); left.length > 0; left = left.filter((it) => it.length > 0)) {
    const next = (random.any(left) as (typeof own)[number]).shift() as (typeof own)[number][number]
    position += BigInt(random.pick([1, 1, 1, 400]))
    newest = Math.max(newest, next.recordedAt)
    log.push(recordedOf(next.event, position, newest))
  }
  return log
}

function rename(event: VouchEvent, suffix: string): VouchEvent {
  const programId = `${event.data.programId}-${suffix}`
  return { ...event, id: `${event.id}-${suffix}`, data: { ...event.data, programId } } as VouchEvent
}

/** As the log keeps an event. */
export function recordedOf(
  { id, source, type, time, data }: VouchEvent,
  position: bigint,
  recordedAt: number,
): RecordedEvent {
  const identity = `event:${source}:${id}`
  const recorded: RecordedEvent = {
    position,
    stream: identity,
    revision: 0n,
    recordedAt,
    identity,
    contentHash: '0'.repeat(64),
    type,
    programId: data.programId,
    source,
    id,
    time,
    data: canonicalJson(data),
  }
  decodeEvent(recorded)
  return recorded
}

/** Divides a log into portions of a random size. */
export function* portionsOf(log: readonly RecordedEvent[], random: Random, most: number) {
  for (let from = 0; from < log.length; ) {
    const size = random.between(1, most)
    yield log.slice(from, from + size)
    from += size
  }
}

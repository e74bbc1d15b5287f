import type { EventStore, RecordedEvent } from '@vouch/event-store'

/** Some events of a log, for specs. @param step from one position to the next */
export const eventsOf = (size: number, step = 1n): RecordedEvent[] =>
  Array.from({ length: size }, (_, index) => ({
    position: BigInt(index + 1) * step,
    stream: index % 4 === 3 ? 'program:p' : `event:s:${index}`,
    revision: index % 4 === 3 ? BigInt(index) : 0n,
    identity: `event:s:${index}`,
    contentHash: index.toString(16).padStart(64, 'c'),
    type: 'vouch.click.v1',
    programId: 'p "quoted"',
    source: 's',
    id: `${index}`,
    time: 1_000 + index,
    recordedAt: 2_000 + index,
    data: `{"code":"A","n":${index}}`,
    ...(index % 3 === 0 ? { extensions: `{"x":${index}}` } : {}),
  }))

/** A store that has these events and can do nothing but read. */
export const readFrom = (events: readonly RecordedEvent[], batchSize = 1000): Pick<EventStore, 'readAll'> => ({
  async *readAll(after) {
    const wanted = events.filter((event) => event.position > after)
    for (let from = 0; from < wanted.length; from += batchSize) yield wanted.slice(from, from + batchSize)
  },
})

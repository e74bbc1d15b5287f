import { parseEvent } from '../packages/domain/src/index.ts'
import type { RecordedEvent } from '../packages/event-store/src/index.ts'
import { recordedOf } from '../test/group/log.ts'
import { append, logOf, storeOf, ThroughBench } from '../test/through/bench.ts'
import { workload } from './bench/workload.ts'

/**
 * How fast the log goes through Kafka: the relay alone, then one projector and two on what it has relayed. A real broker, a
 * double of a ClickHouse server (chDB behind HTTP, in this process) and the projectors share this machine.
 * npm run bench:through [-- EVENTS_A_PROGRAM]
 */
const events = Number(process.argv[2] ?? 3_500)
const programs = 24
const partitions = 12

/** The workload of the other figures, of several programs side by side. */
function logOfPrograms(): readonly RecordedEvent[] {
  const own = Array.from({ length: programs }, (_, seed) => workload({ events, seed }))
  const log: RecordedEvent[] = []
  for (let at = 0; at < events; at++) {
    for (const [index, sent] of own.entries()) {
      const { value } = sent.next()
      if (value === undefined) continue
      const data = { ...(value.event.data as object), programId: `bench-${index}` }
      const parsed = parseEvent({ ...value.event, data, id: `${value.event.id}-${index}` }, value.recordedAt)
      if (parsed._tag === 'Left') throw new Error(JSON.stringify(parsed.left))
      log.push(recordedOf(parsed.right, BigInt(log.length + 1), value.recordedAt))
    }
  }
  return log
}

const perSecond = (events: number, ms: number): string => Math.round((events / ms) * 1000).toLocaleString('en')

const bench = await ThroughBench.open()
try {
  await bench.renewTopics()
  const store = storeOf()
  await append(store, logOfPrograms())
  const log = await logOf(store)
  const head = BigInt(log.length)
  console.log(`${log.length.toLocaleString('en')} events of ${programs} programs, ${partitions} partitions`)

  const relay = bench.relay(store, partitions)
  while (!relay.standing().relaying) await new Promise((resolve) => setTimeout(resolve, 5))
  const relayed = performance.now()
  while (relay.standing().position < head) await new Promise((resolve) => setTimeout(resolve, 5))
  console.log(`relay: ${perSecond(log.length, performance.now() - relayed)} events/s`)
  await relay.stop(5_000)

  for (const [index, projectors] of [1, 2].entries()) {
    const generation = index + 1
    await bench.goLive(generation)
    const all = Array.from({ length: projectors }, () => bench.projector(generation))
    // From when the first has partitions: to start a process and to join a group is not what is measured.
    while (!all.some((it) => it.said().includes('partitions were dealt'))) await new Promise((r) => setTimeout(r, 5))
    const begun = performance.now()
    await bench.shownUpTo(head, generation, 600_000)
    console.log(
      `${projectors} projector${projectors > 1 ? 's' : ''}: ${perSecond(log.length, performance.now() - begun)} events/s`,
    )
    await bench.stopProjectors()
  }
} finally {
  await bench.close()
}

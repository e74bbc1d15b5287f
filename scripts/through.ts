import { mixedLog } from '../test/group/log.ts'
import { append, logOf, storeOf, ThroughBench } from '../test/through/bench.ts'

/**
 * How fast the log goes through Kafka: the relay alone, then one projector and two on what it has relayed. A real broker, a
 * double of a ClickHouse server (chDB behind HTTP, in this process) and the projectors share this machine: npm run bench:through
 */
const programs = Number(process.argv[2] ?? 300)
const partitions = 12

const perSecond = (events: number, ms: number): string => Math.round((events / ms) * 1000).toLocaleString('en')

const bench = await ThroughBench.open()
try {
  await bench.renewTopics()
  const store = storeOf()
  await append(store, mixedLog(1, programs, [50, 80]))
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

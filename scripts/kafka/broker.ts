import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { kafkaJars } from './jars.ts'

/** A real broker in a process of its own, for tests: one node, nothing replicated, gone with whoever started it. */
export interface Broker {
  /** `host:port` on the loopback. */
  readonly address: string
  /** Starts it again after `kill`, with all that it had on its disk. */
  start(): Promise<void>
  /** As a power cut would. */
  kill(): Promise<void>
  /** Stops it for now: connections stay open and nothing is answered. */
  freeze(): void
  thaw(): void
  /** Ends it and removes all that it had. */
  close(): Promise<void>
}

/** Small and quick to start; what it holds is for the length of a test. */
const javaOptions = [
  '-Xmx512m',
  '-XX:+UseSerialGC',
  '-XX:TieredStopAtLevel=1',
  '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn',
]

/** How long it may take to answer, ms; it takes about three seconds on a small machine. */
const patienceMs = 60_000

/** @throws Error with what the broker said, if it does not come up */
export async function startBroker(): Promise<Broker> {
  const classPath = join(kafkaJars(), '*')
  const folder = mkdtempSync(join(tmpdir(), 'vouch-kafka-'))
  const config = join(folder, 'server.properties')
  const [port, controllerPort] = await freePorts()
  writeFileSync(config, properties(folder, port, controllerPort))
  const java = (main: string, ...words: string[]) => [...javaOptions, '-cp', classPath, main, ...words]
  execFileSync('java', java('kafka.tools.StorageTool', 'format', '--standalone', '-t', clusterId, '-c', config), {
    stdio: ['ignore', 'ignore', 'inherit'],
  })

  let child: ChildProcess
  let guard: ChildProcess
  const start = async () => {
    let said = ''
    child = spawn('java', java('kafka.Kafka', config), { stdio: ['ignore', 'pipe', 'pipe'] })
    for (const output of [child.stdout, child.stderr])
      output?.on('data', (chunk: Buffer) => {
        said = `${said}${chunk}`.slice(-10_000)
      })
    guard = guardOf(child, folder)
    const since = performance.now()
    while (!(await answers(port))) {
      if (child.exitCode !== null) throw new Error(`The broker ended with ${child.exitCode}: ${said}`)
      if (performance.now() - since > patienceMs) throw new Error(`The broker does not answer: ${said}`)
      await pause(50)
    }
  }
  const kill = async () => {
    guard.kill('SIGKILL')
    if (child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
  }
  await start()
  return {
    address: `127.0.0.1:${port}`,
    start,
    kill,
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
    async close() {
      await kill()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Any will do; a cluster of one is never taken for another. */
const clusterId = 'vouchTestsVouchTestsAA'

const properties = (folder: string, port: number, controllerPort: number): string => `process.roles=broker,controller
node.id=1
controller.quorum.bootstrap.servers=127.0.0.1:${controllerPort}
listeners=PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}
advertised.listeners=PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}
controller.listener.names=CONTROLLER
log.dirs=${join(folder, 'log')}
auto.create.topics.enable=false
offsets.topic.num.partitions=1
offsets.topic.replication.factor=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
broker.heartbeat.interval.ms=200
broker.session.timeout.ms=1000
`

/** Ends the broker when its standard input closes, which it does however this process ends. */
function guardOf({ pid }: ChildProcess, folder: string): ChildProcess {
  const script = 'cat > /dev/null; kill -9 "$1"; rm -rf "$2"'
  const guard = spawn('sh', ['-c', script, 'guard', String(pid), folder], {
    stdio: ['pipe', 'ignore', 'ignore'],
    // Ctrl-C on the tests is not for it.
    detached: true,
  })
  guard.unref()
  ;(guard.stdin as unknown as { unref(): void }).unref()
  return guard
}

/** Ports that are free now; the broker is told its own before it listens. */
async function freePorts(): Promise<[number, number]> {
  const servers = [createServer(), createServer()]
  const ports: number[] = []
  for (const server of servers) {
    await once(server.listen(0, '127.0.0.1'), 'listening')
    ports.push((server.address() as { port: number }).port)
  }
  for (const server of servers) await once(server.close(), 'close')
  return ports as [number, number]
}

/** It listens once it has joined its own cluster. */
async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}

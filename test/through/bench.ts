import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openMemoryStore, type RecordedEvent } from '@vouch/event-store'
import { createRelay, logTopic, type Relay, relayedTopic } from '@vouch/messaging'
import { openServerWarehouse, type Published, type Warehouse } from '@vouch/warehouse'
import { type ClickHouseDouble, type Faults, startClickHouseDouble } from '@vouch/warehouse/testing'
import type { Admin } from 'kafkajs'
import { Member } from '../../packages/projector/src/index.ts'
import { projections } from '../../projections/all/src/index.ts'
import { type Broker, startBroker } from '../../scripts/kafka/broker.ts'
import { eventually } from '../../services/vouch/src/testing/eventually.ts'
import { Topic } from '../group/topic.ts'
import { testClient } from '../kafka/bench.ts'

const root = join(import.meta.dirname, '../..')

/** A projector in a process of its own. */
export interface ProjectorProcess {
  readonly child: ChildProcess
  readonly folder: string
  said(): string
  metric(name: string): Promise<number | undefined>
  readiness(): Promise<{ readonly status: number; readonly body: string }>
  signal(name: NodeJS.Signals): void
  readonly ended: Promise<number | null>
}

/** A real broker, a double of a ClickHouse server, a relay over a log in memory, and projectors. */
export class ThroughBench {
  readonly broker: Broker
  readonly admin: Admin
  readonly #warehouse: Warehouse | undefined
  readonly #double: ClickHouseDouble | undefined
  readonly #folder = mkdtempSync(join(tmpdir(), 'vouch-through-'))
  readonly #projectors: ProjectorProcess[] = []
  #relays: Relay[] = []
  #folders = 0
  said = ''

  private constructor(broker: Broker, admin: Admin, double?: ClickHouseDouble, warehouse?: Warehouse) {
    this.broker = broker
    this.admin = admin
    this.#double = double
    this.#warehouse = warehouse
  }

  /** What goes wrong with requests to the warehouse from now on. */
  fail(faults: Faults | undefined): void {
    if (this.#double) this.#double.faults = faults
  }

  get warehouse(): Warehouse {
    if (this.#warehouse === undefined) throw new Error('This bench has no warehouse.')
    return this.#warehouse
  }

  /** @param options `warehouse`: whether there is one */
  static async open(options: { readonly warehouse: boolean } = { warehouse: true }): Promise<ThroughBench> {
    const starting = options.warehouse ? startClickHouseDouble() : undefined
    const [broker, double] = await Promise.all([startBroker(), starting])
    const admin = testClient(broker.address).admin()
    await admin.connect()
    const warehouse =
      double &&
      (await openServerWarehouse({
        url: double.url,
        tables: projections.map(({ tables }) => tables),
        clock: Date.now,
        bucketPositions: 2n ** 26n,
      }))
    await warehouse?.migrate({ keep: true })
    await eventually('groups are coordinated', async () => {
      await admin.fetchOffsets({ groupId: 'none' })
      return true
    })
    return new ThroughBench(broker, admin, double, warehouse)
  }

  /** Topics as they are before any relay, and no relay. */
  async renewTopics(): Promise<void> {
    await Promise.all(this.#relays.splice(0).map((relay) => relay.stop(2_000)))
    const there = (await this.admin.listTopics()).filter((topic) => topic === logTopic || topic === relayedTopic)
    if (there.length > 0) await this.admin.deleteTopics({ topics: there })
    await eventually('the topics are gone', async () => {
      const topics = await this.admin.listTopics()
      return there.every((topic) => !topics.includes(topic)) || undefined
    })
  }

  relay(store: ReturnType<typeof storeOf>, partitions: number): Relay {
    const say = (level: string) => (fields: object, text: string) => {
      this.said = `${this.said}${level} ${text} ${JSON.stringify(fields, errorsAsText)}\n`.slice(-100_000)
    }
    const log = { info: say('info'), warn: say('warn'), error: say('error'), debug: say('debug') }
    const relay = createRelay({ store, brokers: [this.broker.address], partitions, log })
    this.#relays.push(relay)
    relay.start()
    return relay
  }

  /** @param folder of an earlier one, to go on with its states */
  projector(generation: number, folder = join(this.#folder, `projector-${this.#folders++}`)): ProjectorProcess {
    const child = spawn(process.execPath, [join(root, 'services/projector/bin/vouch-projector.mjs')], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env.PATH,
        HOME: process.env.HOME,
        VOUCH_WAREHOUSE: this.#double?.url,
        KAFKA_BROKERS: this.broker.address,
        VOUCH_DATA: folder,
        VOUCH_GENERATION: String(generation),
        VOUCH_HTTP_PORT: '0',
        VOUCH_SESSION_MS: '1500',
      },
    })
    let said = ''
    for (const output of [child.stdout, child.stderr])
      output?.on('data', (chunk: Buffer) => {
        said += chunk
      })
    const ended = new Promise<number | null>((resolve) => child.on('close', resolve))
    const get = async (path: string) => {
      const port = await eventually('it listens', () => /"port":(\d+)/.exec(said)?.[1])
      return fetch(`http://127.0.0.1:${port}${path}`)
    }
    const projector: ProjectorProcess = {
      child,
      folder,
      said: () => said,
      async metric(name) {
        const lines = (await (await get('/metrics')).text()).split('\n')
        const line = lines.find((it) => it.startsWith(`${name} `))
        return line === undefined ? undefined : Number(line.slice(name.length + 1))
      },
      async readiness() {
        const answer = await get('/readyz')
        return { status: answer.status, body: await answer.text() }
      },
      signal: (name) => void child.kill(name),
      ended,
    }
    this.#projectors.push(projector)
    return projector
  }

  /** As an operator types it. */
  async operate(word: string, generation: number): Promise<{ readonly code: number | null; readonly said: string }> {
    const script = join(root, 'services/projector/bin/vouch-projector.mjs')
    const env = { PATH: process.env.PATH, HOME: process.env.HOME, VOUCH_WAREHOUSE: this.#double?.url }
    const child = spawn(process.execPath, [script, word, String(generation)], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env,
    })
    let said = ''
    for (const output of [child.stdout, child.stderr])
      output?.on('data', (chunk: Buffer) => {
        said += chunk
      })
    const code = await new Promise<number | null>((resolve) => child.on('close', resolve))
    return { code, said }
  }

  async stopProjectors(): Promise<void> {
    for (const projector of this.#projectors) {
      projector.signal('SIGCONT')
      projector.signal('SIGTERM')
    }
    await Promise.all(this.#projectors.splice(0).map(({ ended }) => ended))
  }

  /** The pointer, once it shows all up to a position. */
  shownUpTo(position: bigint, generation: number, deadlineMs = 60_000): Promise<Published> {
    return eventually(
      `position ${position} is shown`,
      async () => {
        const shown = await this.warehouse.published('live')
        if (shown?.position === position && shown.generation === generation) return shown
        throw new Error(
          `${shown?.generation} is shown up to ${shown?.position}; ${this.#projectors.map((it) => it.said().slice(-1500)).join('\n')}`,
        )
      },
      deadlineMs,
    )
  }

  /** As an operator would, before anything is shown of it. */
  async goLive(generation: number): Promise<void> {
    const mark = { generation, position: 0n, head: 0n, lagMs: 0, publishedAt: Date.now() }
    await this.warehouse.shared.raise('live', mark)
  }

  /** Notes when the pointer goes back, until it is stopped. */
  watch(): () => Promise<readonly string[]> {
    const wrong: string[] = []
    let over = false
    const watching = (async () => {
      let last: Published | undefined
      while (!over) {
        const shown = await this.warehouse.published('live')
        if (last && (!shown || shown.generation < last.generation || isBack(shown, last)))
          wrong.push(`${last.generation}:${last.position} -> ${shown?.generation}:${shown?.position}`)
        last = shown
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    })()
    return async () => {
      over = true
      await watching
      return wrong
    }
  }

  async digests(generation: number, upTo: bigint) {
    const digests: Record<string, { rows: bigint; hash: string }> = {}
    for (const table of this.warehouse.tables()) digests[table] = await this.warehouse.digest(table, generation, upTo)
    return digests
  }

  /** Digests of one fold of the whole log, by itself and in another generation. */
  async expected(log: readonly RecordedEvent[], generation: number) {
    const topic = new Topic(1)
    topic.publish(log, 0n)
    const folder = join(this.#folder, `expected-${generation}`)
    const { warehouse } = this
    const member = await Member.join({ generation, partitions: 1, folder, projections, warehouse, clock: Date.now })
    member.own([0])
    await member.take(0, topic.read(0, 0n, log.length))
    await member.tick(true)
    await member.close()
    const digests = await this.digests(generation, log.at(-1)?.position ?? 0n)
    await warehouse.dropGeneration(generation)
    return digests
  }

  async close(): Promise<void> {
    await this.stopProjectors()
    await Promise.all(this.#relays.map((relay) => relay.stop(2_000)))
    await this.admin.disconnect()
    await this.#warehouse?.close()
    await Promise.all([this.broker.close(), this.#double?.stop()])
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

const isBack = (now: Published, last: Published) => now.generation === last.generation && now.position < last.position

const errorsAsText = (_key: string, value: unknown) => (value instanceof Error ? String(value.stack) : value)

/** A log in memory, to be filled as the relay goes. */
export const storeOf = openMemoryStore

/** Appends events as the log gave them; positions then count from 1. */
export async function append(store: ReturnType<typeof storeOf>, log: readonly RecordedEvent[]): Promise<void> {
  for (const { position: _position, revision: _revision, stream, recordedAt, ...event } of log)
    await store.append([{ stream, expectedRevision: 'no-stream', events: [event] }], recordedAt)()
}

export async function logOf(store: ReturnType<typeof storeOf>): Promise<readonly RecordedEvent[]> {
  const log: RecordedEvent[] = []
  for await (const batch of store.readAll(0n)) log.push(...batch)
  return log
}

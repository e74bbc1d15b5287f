import { resolve } from 'node:path'
import { z } from 'zod'
import { type EventStoreSetting, readEventStore } from './event-store-setting.ts'
import { type Environment, readEnv } from './read-env.ts'
import { brokers, cluster, logLevel, wholeNumber } from './setting-kinds.ts'
import { readWarehouse, type WarehouseSetting } from './warehouse-setting.ts'

/** What the relay is told by its environment. */
export interface RelaySettings {
  readonly eventStore: Extract<EventStoreSetting, { readonly tag: 'eventstoredb' }>
  readonly brokers: readonly string[]
  /** Of the log's topic. */
  readonly partitions: number
  readonly httpPort: number
  readonly logLevel: string
}

/** What a projector of a group is told by its environment. */
export interface ProjectorSettings {
  readonly warehouse: Extract<WarehouseSetting, { readonly tag: 'server' }>
  readonly brokers: readonly string[]
  /** Folder of the folds' states; one a projector. */
  readonly dataDir: string
  readonly generation: number
  /** After how long without a sign of life Kafka deals this projector's partitions to others, ms. */
  readonly sessionMs: number
  readonly httpPort: number
  readonly logLevel: string
}

const common = {
  KAFKA_BROKERS: brokers,
  VOUCH_HTTP_PORT: wholeNumber(0, 65_535).default(9464),
  VOUCH_LOG_LEVEL: logLevel,
}

const severalProcesses =
  'a connection string such as esdb://user:password@host:2113?tls=true: a log that several processes can read'

const relaySchema = z.object({
  ...common,
  VOUCH_EVENT_STORE: z.string(severalProcesses).transform((text, context) => {
    const read = readEventStore(text)
    if ('setting' in read && read.setting.tag === 'eventstoredb') return read.setting
    context.addIssue({ code: 'custom', message: 'right' in read ? read.right : severalProcesses })
    return z.NEVER
  }),
  VOUCH_LOG_PARTITIONS: wholeNumber(1, 1_000).default(12),
})

const aServer = 'http(s)://user:password@host:8123/vouch, a ClickHouse server that several processes can write to'

const projectorSchema = z.object({
  ...common,
  VOUCH_WAREHOUSE: z.string(aServer).transform((text, context) => {
    const read = readWarehouse(text)
    if ('setting' in read && read.setting.tag === 'server') return read.setting
    context.addIssue({ code: 'custom', message: 'right' in read ? read.right : aServer })
    return z.NEVER
  }),
  VOUCH_WAREHOUSE_CLUSTER: cluster.optional(),
  VOUCH_DATA: z.string().min(1, 'name a folder').default('.vouch-projector'),
  VOUCH_GENERATION: wholeNumber(1, 1_048_575).default(1),
  VOUCH_SESSION_MS: wholeNumber(1_000, 600_000).default(30_000),
})

/** What a relay, and a projector, may be told by its environment. */
export const relaySettingNames: readonly string[] = Object.keys(relaySchema.shape)
export const projectorSettingNames: readonly string[] = Object.keys(projectorSchema.shape)

/** @throws SettingsError that names each wrong setting */
export function readRelaySettings(env: Environment): RelaySettings {
  const read = readEnv(relaySchema, env)
  return {
    eventStore: read.VOUCH_EVENT_STORE,
    brokers: read.KAFKA_BROKERS,
    partitions: read.VOUCH_LOG_PARTITIONS,
    httpPort: read.VOUCH_HTTP_PORT,
    logLevel: read.VOUCH_LOG_LEVEL,
  }
}

/** @throws SettingsError that names each wrong setting */
export function readProjectorSettings(env: Environment): ProjectorSettings {
  const read = readEnv(projectorSchema, env)
  return {
    warehouse: { ...read.VOUCH_WAREHOUSE, cluster: read.VOUCH_WAREHOUSE_CLUSTER },
    brokers: read.KAFKA_BROKERS,
    dataDir: resolve(read.VOUCH_DATA),
    generation: read.VOUCH_GENERATION,
    sessionMs: read.VOUCH_SESSION_MS,
    httpPort: read.VOUCH_HTTP_PORT,
    logLevel: read.VOUCH_LOG_LEVEL,
  }
}

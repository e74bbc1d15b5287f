import { resolve } from 'node:path'
import { z } from 'zod'
import { type EventStoreSetting, readEventStore } from './event-store-setting.ts'
import { parseMasterKey } from './master-key.ts'
import { type Environment, givenIn, readEnv, SettingsError } from './read-env.ts'
import { brokers, cluster, logLevel, type logLevels, wholeNumber } from './setting-kinds.ts'
import { readWarehouse, type WarehouseSetting } from './warehouse-setting.ts'

export { SettingsError } from './read-env.ts'
export { wrongCluster } from './setting-kinds.ts'
export { parseMasterKey }

/** What a vouch process is told by its environment; the command line goes before it. */
export interface Settings {
  /** Folder that holds the log, the tables and all else. */
  readonly dataDir: string
  readonly eventStore: EventStoreSetting
  readonly warehouse: WarehouseSetting
  /** Who folds the log into the tables: this process, or a group of projectors. */
  readonly projection: 'own' | 'group'
  readonly logLevel: (typeof logLevels)[number]
  readonly limits: ServerLimits
  /** 32 bytes, under which the keys of personal data are kept; undefined: one is kept in the data folder. */
  readonly masterKey: Buffer | undefined
  /** Where events are read from besides; undefined: from nowhere. */
  readonly kafka: KafkaSettings | undefined
}

export interface KafkaSettings {
  /** `host:port` of some brokers of the cluster. */
  readonly brokers: readonly string[]
  /** The consumer group. */
  readonly group: string
  /** What those who may write to the topic may append. */
  readonly scopes: readonly ('ingest' | 'admin')[]
}

/** What a server lets the outside ask for, where it is set. */
export interface ServerLimits {
  /** Events that would wait longer for their place in the log are turned away, ms. */
  readonly maxWaitMs: number | undefined
  readonly connections: number | undefined
  /** With one key that has no limit of its own; 0 for any number. */
  readonly requestsAMinute: number | undefined
  /** From one address, without a key that works; 0 for any number. */
  readonly strangersAMinute: number | undefined
}

const schema = z.object({
  VOUCH_DATA: z.string().min(1, 'name a folder').default('.vouch'),
  VOUCH_EVENT_STORE: z
    .string()
    .default('sqlite')
    .transform((text, context) => {
      const read = readEventStore(text)
      if ('setting' in read) return read.setting
      context.addIssue({ code: 'custom', message: read.right })
      return z.NEVER
    }),
  VOUCH_WAREHOUSE: z
    .string()
    .default('chdb')
    .transform((text, context) => {
      const read = readWarehouse(text)
      if ('setting' in read) return read.setting
      context.addIssue({ code: 'custom', message: read.right })
      return z.NEVER
    }),
  VOUCH_WAREHOUSE_CLUSTER: cluster.optional(),
  VOUCH_PROJECTION: z
    .literal(['own', 'group'], '"own", or "group" where vouch-projector folds the log in processes of its own')
    .default('own'),
  KAFKA_BROKERS: brokers.optional(),
  KAFKA_GROUP: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,200}$/, 'up to 200 letters, digits, dots, dashes and underscores')
    .optional(),
  KAFKA_SCOPES: z
    .literal(
      ['ingest', 'ingest,admin'],
      '"ingest", or "ingest,admin" for those who may also change terms and advocates',
    )
    .optional(),
  VOUCH_MAX_WAIT_MS: wholeNumber(10, 60_000).optional(),
  VOUCH_MAX_CONNECTIONS: wholeNumber(1, 1_000_000).optional(),
  VOUCH_REQUESTS_PER_MINUTE: wholeNumber(0, 100_000_000).optional(),
  VOUCH_STRANGERS_PER_MINUTE: wholeNumber(0, 100_000_000).optional(),
  VOUCH_MASTER_KEY: z
    .string()
    .transform((text, context) => {
      const key = parseMasterKey(text)
      if (key) return key
      context.addIssue({
        code: 'custom',
        message: '32 random bytes in base64 or hex, such as openssl rand -base64 32 prints',
      })
      return z.NEVER
    })
    .optional(),
  VOUCH_LOG_LEVEL: logLevel,
})

/** What a process may be told by its environment. */
export const settingNames: readonly string[] = Object.keys(schema.shape)

/** Settings that mean nothing without another one. */
const dependent = { KAFKA_GROUP: 'KAFKA_BROKERS', KAFKA_SCOPES: 'KAFKA_BROKERS' }

/**
 * Reads and validates all settings; nothing starts with a wrong one.
 * @param overrides what the command line says
 * @throws SettingsError that names each wrong setting
 */
export function readSettings(env: Environment, overrides: { readonly dataDir?: string | undefined } = {}): Settings {
  const given = givenIn(env)
  const read = readEnv(schema, env)
  for (const [name, other] of Object.entries(dependent)) {
    if (given[name] !== undefined && given[other] === undefined)
      throw new SettingsError(`${name} is ${JSON.stringify(given[name])}: it needs ${other}; set both or neither.`)
  }
  // What is in the folder of one process no other can read.
  for (const name of ['VOUCH_EVENT_STORE', 'VOUCH_WAREHOUSE']) {
    if (given.VOUCH_PROJECTION === 'group' && [undefined, 'sqlite', 'chdb'].includes(given[name]))
      throw new SettingsError(`VOUCH_PROJECTION is "group": it needs ${name} to name a server.`)
  }
  const { VOUCH_DATA, VOUCH_EVENT_STORE, VOUCH_LOG_LEVEL, VOUCH_MASTER_KEY } = read
  const { VOUCH_MAX_WAIT_MS, VOUCH_MAX_CONNECTIONS, VOUCH_REQUESTS_PER_MINUTE, VOUCH_STRANGERS_PER_MINUTE } = read
  return {
    dataDir: resolve(overrides.dataDir ?? VOUCH_DATA),
    eventStore: VOUCH_EVENT_STORE,
    warehouse: warehouseOf(read),
    projection: read.VOUCH_PROJECTION,
    logLevel: VOUCH_LOG_LEVEL,
    limits: {
      maxWaitMs: VOUCH_MAX_WAIT_MS,
      connections: VOUCH_MAX_CONNECTIONS,
      requestsAMinute: VOUCH_REQUESTS_PER_MINUTE,
      strangersAMinute: VOUCH_STRANGERS_PER_MINUTE,
    },
    masterKey: VOUCH_MASTER_KEY,
    kafka: kafkaOf(read),
  }
}

function warehouseOf({ VOUCH_WAREHOUSE, VOUCH_WAREHOUSE_CLUSTER: cluster }: z.infer<typeof schema>): WarehouseSetting {
  if (cluster === undefined) return VOUCH_WAREHOUSE
  if (VOUCH_WAREHOUSE.tag === 'server') return { ...VOUCH_WAREHOUSE, cluster }
  throw new SettingsError(
    `VOUCH_WAREHOUSE_CLUSTER is "${cluster}": it needs a server in VOUCH_WAREHOUSE; set both or neither.`,
  )
}

function kafkaOf({ KAFKA_BROKERS, KAFKA_GROUP, KAFKA_SCOPES }: z.infer<typeof schema>): KafkaSettings | undefined {
  if (KAFKA_BROKERS === undefined) return undefined
  const scopes = KAFKA_SCOPES === 'ingest,admin' ? (['ingest', 'admin'] as const) : (['ingest'] as const)
  return { brokers: KAFKA_BROKERS, group: KAFKA_GROUP ?? 'vouch', scopes }
}

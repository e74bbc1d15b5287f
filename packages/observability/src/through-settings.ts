import { resolve } from 'node:path'
import { z } from 'zod'
import { type EventStoreSetting, readEventStore } from './event-store-setting.ts'
import { SettingsError } from './settings.ts'
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

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const

const number = (least: number, most: number, otherwise: number) => {
  const right = `a whole number from ${least} to ${most}`
  return z
    .string()
    .regex(/^\d{1,9}$/, right)
    .transform(Number)
    .pipe(z.number().min(least, right).max(most, right))
    .default(otherwise)
}

const brokerPattern = /^(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]):(\d{1,5})$/
const isBroker = (text: string): boolean => {
  const port = Number(brokerPattern.exec(text)?.[1] ?? 0)
  return port > 0 && port < 65_536
}

const common = {
  KAFKA_BROKERS: z
    .string('HOST:PORT of one or more brokers, with commas between')
    .transform((text) => text.split(',').map((it) => it.trim()))
    .refine((brokers) => brokers.every(isBroker), 'HOST:PORT of one or more brokers, with commas between'),
  VOUCH_HTTP_PORT: number(0, 65_535, 9464),
  VOUCH_LOG_LEVEL: z.enum(logLevels, `one of ${logLevels.join(', ')}`).default('info'),
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
  VOUCH_LOG_PARTITIONS: number(1, 1_000, 12),
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
  VOUCH_WAREHOUSE_CLUSTER: z
    .string()
    .regex(
      /^[A-Za-z_][A-Za-z0-9_]{0,62}$/,
      'the name of a cluster in remote_servers, of letters, digits and underscores',
    )
    .optional(),
  VOUCH_DATA: z.string().min(1, 'name a folder').default('.vouch-projector'),
  VOUCH_GENERATION: number(1, 1_048_575, 1),
  VOUCH_SESSION_MS: number(1_000, 600_000, 30_000),
})

/** Never shown: they hold passwords. */
const secrets: ReadonlySet<string> = new Set(['VOUCH_EVENT_STORE', 'VOUCH_WAREHOUSE'])

/** What a relay, and a projector, may be told by its environment. */
export const relaySettingNames: readonly string[] = Object.keys(relaySchema.shape)
export const projectorSettingNames: readonly string[] = Object.keys(projectorSchema.shape)

type Environment = Readonly<Record<string, string | undefined>>

/** @throws SettingsError that names each wrong setting */
export function readRelaySettings(env: Environment): RelaySettings {
  const read = parse(relaySchema, env)
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
  const read = parse(projectorSchema, env)
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

function parse<S extends z.ZodType>(schema: S, env: Environment): z.output<S> {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''))
  const parsed = schema.safeParse(given)
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.map(({ path, message }) => {
    const name = String(path[0])
    if (given[name] === undefined) return `${name} is missing: ${message}`
    return `${name} is ${secrets.has(name) ? 'not right' : JSON.stringify(given[name])}: ${message}`
  })
  throw new SettingsError(`${problems.join('; ')}.`)
}

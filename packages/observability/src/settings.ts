import { resolve } from 'node:path'
import { z } from 'zod'

/** What a vouch process is told by its environment; the command line goes before it. */
export interface Settings {
  /** Folder that holds the log, the tables and all else. */
  readonly dataDir: string
  readonly eventStore: 'sqlite'
  readonly warehouse: 'chdb'
  readonly logLevel: (typeof logLevels)[number]
}

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const

const schema = z.object({
  VOUCH_DATA: z.string().min(1, 'name a folder').default('.vouch'),
  VOUCH_EVENT_STORE: z.literal('sqlite', 'this version has "sqlite" alone').default('sqlite'),
  VOUCH_WAREHOUSE: z.literal('chdb', 'this version has "chdb" alone').default('chdb'),
  KAFKA_BROKERS: z.never('this version does not read from Kafka: leave it out').optional(),
  VOUCH_LOG_LEVEL: z.enum(logLevels, `one of ${logLevels.join(', ')}`).default('info'),
})

/** A setting that is wrong, and what would be right. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError'
}

/**
 * Reads and validates all settings; nothing starts with a wrong one.
 * @param overrides what the command line says
 * @throws SettingsError that names each wrong setting
 */
export function readSettings(
  env: Readonly<Record<string, string | undefined>>,
  overrides: { readonly dataDir?: string | undefined } = {},
): Settings {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''))
  const parsed = schema.safeParse(given)
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => {
      const name = String(issue.path[0])
      return `${name} is ${JSON.stringify(env[name])}: ${issue.message}`
    })
    throw new SettingsError(`${problems.join('; ')}.`)
  }
  const { VOUCH_DATA, VOUCH_EVENT_STORE, VOUCH_WAREHOUSE, VOUCH_LOG_LEVEL } = parsed.data
  return {
    dataDir: resolve(overrides.dataDir ?? VOUCH_DATA),
    eventStore: VOUCH_EVENT_STORE,
    warehouse: VOUCH_WAREHOUSE,
    logLevel: VOUCH_LOG_LEVEL,
  }
}

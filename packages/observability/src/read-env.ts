import type { z } from 'zod'

export type Environment = Readonly<Record<string, string | undefined>>

/** A setting that is wrong, and what would be right. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError'
}

/** Settings that are never shown: keys, and what may hold a password wherever a mistake has put it. */
const secrets: ReadonlySet<string> = new Set(['VOUCH_MASTER_KEY', 'VOUCH_EVENT_STORE', 'VOUCH_WAREHOUSE'])

/** What is set; an empty text is nothing. */
export const givenIn = (env: Environment): Readonly<Record<string, string | undefined>> =>
  Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''))

/** @throws SettingsError that names each setting that is missing or wrong, and what would be right */
export function readEnv<S extends z.ZodType>(schema: S, env: Environment): z.output<S> {
  const given = givenIn(env)
  const parsed = schema.safeParse(given)
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.map(({ path, message }) => {
    const name = String(path[0])
    if (given[name] === undefined) return `${name} is missing: ${message}`
    return `${name} is ${secrets.has(name) ? 'not right' : JSON.stringify(given[name])}: ${message}`
  })
  throw new SettingsError(`${problems.join('; ')}.`)
}

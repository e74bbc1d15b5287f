import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'

export const root = join(import.meta.dirname, '../..')

export const read = (path: string): string => readFileSync(join(root, path), 'utf8')
export const readJson = (path: string): unknown => JSON.parse(read(path))
export const readYaml = (path: string): unknown => parse(read(path), { merge: true })

export interface Service {
  readonly image: string
  readonly build?: string
  readonly command?: readonly string[] | string
  readonly environment?: Readonly<Record<string, string>>
  readonly ports?: readonly string[]
  readonly volumes?: readonly string[]
  readonly tmpfs?: readonly string[]
  readonly user?: string
  readonly read_only?: boolean
  readonly cap_drop?: readonly string[]
  readonly security_opt?: readonly string[]
  readonly healthcheck?: { readonly test: readonly string[] }
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>
  readonly stop_grace_period?: string
  readonly networks?: readonly string[]
  readonly logging?: unknown
  readonly deploy?: { readonly resources: { readonly limits: Readonly<Record<string, string>> } }
}

export interface Compose {
  readonly services: Readonly<Record<string, Service>>
  readonly volumes: Readonly<Record<string, unknown>>
  readonly networks: Readonly<Record<string, unknown>>
}

export const compose = readYaml('docker-compose.yml') as Compose

/** The services that are processes of vouch. */
export const ours = Object.entries(compose.services).filter(([, { build }]) => build !== undefined)

/** What docker-compose.yml asks of the environment: `${NAME…}`, but not `$${`. */
export const asked = (text: string): ReadonlySet<string> =>
  new Set([...text.matchAll(/(?<!\$)\$\{?([A-Z][A-Z0-9_]*)/g)].map(([, name = '']) => name))

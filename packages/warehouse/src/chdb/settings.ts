import { assignment } from '../clickhouse.ts'

/** `SET a = 1; SET b = 'x'`: holds for the connection from then on. */
export function setStatements(settings: Readonly<Record<string, number | string>>): string {
  return Object.entries(settings)
    .map((setting) => `SET ${assignment(setting)}`)
    .join('; ')
}

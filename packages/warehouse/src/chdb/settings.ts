import { quote } from '../clickhouse.ts'

/** `SET a = 1; SET b = 'x'`: holds for the connection from then on. */
export function setStatements(settings: Readonly<Record<string, number | string>>): string {
  return Object.entries(settings)
    .map(([name, value]) => `SET ${name} = ${typeof value === 'number' ? value : quote(value)}`)
    .join('; ')
}

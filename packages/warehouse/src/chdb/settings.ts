import { quote } from '../clickhouse.ts'

/** `SET a = 1; SET b = 'x'`: holds for the connection from then on. */
export function setStatements(settings: Readonly<Record<string, number | string>>): string {
  return Object.entries(settings)
    .map((setting) => `SET ${assignment(setting)}`)
    .join('; ')
}

/** `a = 1, b = 'x'`, as a query's SETTINGS has them: they hold for that query. */
export function settingsClause(settings: Readonly<Record<string, number | string>>): string {
  return Object.entries(settings).map(assignment).join(', ')
}

function assignment([name, value]: [string, number | string]): string {
  return `${name} = ${typeof value === 'number' ? value : quote(value)}`
}

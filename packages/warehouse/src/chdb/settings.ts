import { quote, settingsClause } from '../clickhouse.ts'
import type { ParameterTexts } from '../strangers/params.ts'

/** `SET a = 1, b = 'x'`, or nothing: holds for the connection from then on. In one statement, for each takes a tenth of a millisecond. */
export function setStatements(settings: Readonly<Record<string, number | string>>): string {
  return Object.keys(settings).length === 0 ? '' : `SET ${settingsClause(settings)}`
}

/**
 * `SET param_x = '…'; ` for each. That keeps them to one connection, where the driver's own way is shared by the process
 * and makes one parameterised query wait for another.
 */
export function parameterStatements(texts: ParameterTexts): string {
  return [...texts].map(([name, text]) => `SET param_${name} = ${quote(text)}; `).join('')
}

import { assignment, quote } from '../clickhouse.ts'
import type { ParameterTexts } from '../strangers/params.ts'

/** `SET a = 1; SET b = 'x'`: holds for the connection from then on. */
export function setStatements(settings: Readonly<Record<string, number | string>>): string {
  return Object.entries(settings)
    .map((setting) => `SET ${assignment(setting)}`)
    .join('; ')
}

/**
 * `SET param_x = '…'; ` for each. That keeps them to one connection, where the driver's own way is shared by the process
 * and makes one parameterised query wait for another.
 */
export function parameterStatements(texts: ParameterTexts): string {
  return [...texts].map(([name, text]) => `SET param_${name} = ${quote(text)}; `).join('')
}

import { escapeText, quoteItem } from '../block/text.ts'
import { type Refusal, refuse } from '../guard/refusal.ts'

/** Values of a question's parameters by their plain names, as text that ClickHouse reads. */
export type ParameterTexts = ReadonlyMap<string, string>

/** @param texts values that are text for ClickHouse already */
export function parameterTexts(
  params: Readonly<Record<string, unknown>>,
  texts: Readonly<Record<string, string>> = {},
): ParameterTexts | Refusal {
  const found = new Map<string, string>()
  const all = [
    ...Object.entries(params).map(([name, value]) => [name, value, parameterText] as const),
    ...Object.entries(texts).map(([name, value]) => [name, value, asItIs] as const),
  ]
  for (const [name, value, textOf] of all) {
    if (value === undefined) continue
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
      return refuse('parameter', ` "${name}" has no plain name; letters, digits and underscores make one.`)
    }
    const text = textOf(value)
    if (text === undefined) {
      return refuse(
        'parameter',
        ` ${name} is of no kind that can be given; strings, numbers, booleans, null and arrays of these can.`,
      )
    }
    found.set(name, text)
  }
  return found
}

const asItIs = (value: unknown): string => String(value)

/**
 * A query parameter as ClickHouse reads it: text with TabSeparated's escapes, null as `\N`, arrays in brackets.
 * @returns undefined if the value is of no kind that can be given
 */
function parameterText(value: unknown): string | undefined {
  if (value === null) return '\\N'
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? undefined : timeText(value)
  if (Array.isArray(value)) {
    const items = value.map(itemText)
    return items.includes(undefined) ? undefined : `[${items.join(',')}]`
  }
  if (typeof value === 'string') return escapeText(value)
  return plainText(value)
}

function itemText(value: unknown): string | undefined {
  if (value === null) return 'NULL'
  if (Array.isArray(value)) {
    const items = value.map(itemText)
    return items.includes(undefined) ? undefined : `[${items.join(',')}]`
  }
  const text = value instanceof Date ? timeText(value) : value
  if (typeof text === 'string') return quoteItem(text)
  return plainText(text)
}

function plainText(value: unknown): string | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : undefined
  return typeof value === 'bigint' || typeof value === 'boolean' ? String(value) : undefined
}

/** 'YYYY-MM-DD hh:mm:ss.sss' in UTC. */
function timeText(time: Date): string {
  return time.toISOString().slice(0, 23).replace('T', ' ')
}

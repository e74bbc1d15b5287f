import { escapeText, quoteItem } from '../rows.ts'

/**
 * A query parameter as ClickHouse reads it: text with TabSeparated's escapes, null as `\N`, arrays in brackets.
 * @returns undefined if the value is of no kind that can be given
 */
export function parameterText(value: unknown): string | undefined {
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

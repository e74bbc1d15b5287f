/**
 * JSON text that depends on the value alone: keys sorted by code unit, no blanks, numbers and strings as RFC 8785 writes
 * them. Properties that are undefined are left out, as in JSON.
 * @throws TypeError for what JSON cannot hold: functions, symbols, bigints, NaN, infinities, undefined inside a list
 */
export function canonicalJson(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return canonicalString(value)
    case 'number':
      if (Number.isFinite(value)) return String(value === 0 ? 0 : value)
      break
    case 'boolean':
      return value ? 'true' : 'false'
    case 'object':
      if (value === null) return 'null'
      return Array.isArray(value) ? canonicalArray(value) : canonicalObject(value as Record<string, unknown>)
  }
  throw new TypeError(`JSON cannot hold ${String(value)} (${typeof value}).`)
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what JSON has to escape
const needsEscape = /[\u0000-\u001f"\\\ud800-\udfff]/

const canonicalString = (text: string): string => (needsEscape.test(text) ? JSON.stringify(text) : `"${text}"`)

function canonicalArray(list: readonly unknown[]): string {
  let out = '['
  for (let i = 0; i < list.length; i++) out += (i === 0 ? '' : ',') + canonicalJson(list[i])
  return `${out}]`
}

function canonicalObject(record: Readonly<Record<string, unknown>>): string {
  const keys = Object.keys(record).sort()
  let out = '{'
  for (const key of keys) {
    const value = record[key]
    if (value === undefined) continue
    out += `${out.length === 1 ? '' : ','}${canonicalString(key)}:${canonicalJson(value)}`
  }
  return `${out}}`
}

import { hash } from 'node:crypto'
import type { RowValues } from '@vouch/warehouse'

export const modulus = 2n ** 128n

/** A row's own part of a digest, which is the sum of these modulo 2^128. */
export function hashOfRow(values: RowValues): bigint {
  return BigInt(`0x${hash('sha256', canonical(values), 'hex').slice(0, 32)}`)
}

export const hexOf = (sum: bigint): string => sum.toString(16).padStart(32, '0')

/** As JSON with sorted keys; what is absent is as null, for both stand for a column's default. */
function canonical(value: unknown): string {
  if (typeof value === 'bigint') return `"${value}"`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  const fields = Object.entries(value).filter(([, field]) => field !== undefined && field !== null)
  fields.sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${canonical(field)}`).join(',')}}`
}

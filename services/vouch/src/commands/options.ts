import { type SubjectKind, subjectKinds } from '@vouch/domain'
import { InvalidArgumentError } from 'commander'

/** An option that may be given several times. */
export const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value]

export function port(text: string): number {
  const value = Number(text)
  if (!/^\d{1,5}$/.test(text) || value > 65_535) throw new InvalidArgumentError('It must be a port, 0 to 65535.')
  return value
}

export function position(text: string): bigint {
  if (!/^\d{1,19}$/.test(text)) throw new InvalidArgumentError('It must be a log position, a whole number from 0.')
  return BigInt(text)
}

export function subjectKind(text: string): SubjectKind {
  const found = subjectKinds.find((it) => it === text)
  if (!found) throw new InvalidArgumentError(`It must be one of ${subjectKinds.join(', ')}.`)
  return found
}

/** A day as YYYY-MM-DD. */
export function day(text: string): string {
  const isDay = /^\d{4}-\d\d-\d\d$/.test(text) && new Date(`${text}T00:00:00Z`).toJSON()?.slice(0, 10) === text
  if (isDay && text >= '1970-01-01' && text <= '2149-06-06') return text
  throw new InvalidArgumentError('It must be a day such as 2026-03-31.')
}

/** A decimal of zero or above. */
export function amount(text: string): string {
  if (/^\d{1,12}(\.\d{1,4})?$/.test(text)) return text
  throw new InvalidArgumentError('It must be a decimal such as 25.00.')
}

/** Somebody's name, for the log. */
export function name(text: string): string {
  const trimmed = text.trim()
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is meant
  if (trimmed !== '' && trimmed.length <= 200 && !/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(trimmed))
    return trimmed
  throw new InvalidArgumentError('It must be a name of up to 200 characters.')
}

/** Why something was done, for the log. */
export function reasonText(text: string): string {
  if (text.trim() !== '' && text.length <= 500) return text
  throw new InvalidArgumentError('It must be words, up to 500 characters.')
}

export function uuid(text: string): string {
  const lower = text.toLowerCase()
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(lower)) return lower
  throw new InvalidArgumentError('It must be a UUID.')
}

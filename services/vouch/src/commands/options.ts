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

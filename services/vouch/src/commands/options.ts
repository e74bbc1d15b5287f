import { type SubjectKind, subjectKinds } from '@vouch/domain'
import { InvalidArgumentError } from 'commander'
import { isLeft } from 'fp-ts/lib/Either.js'
import {
  takeAmount,
  takeCurrency,
  takeDay,
  takeMonth,
  takeName,
  takePaidRate,
  takeRate,
  takeReason,
  takeUuid,
  type Word,
} from '../finance/words.ts'

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

/** An option whose words others take as well. @throws InvalidArgumentError */
const optionOf =
  (take: (text: string) => Word) =>
  (text: string): string => {
    const taken = take(text)
    if (isLeft(taken)) throw new InvalidArgumentError(`It ${taken.left}.`)
    return taken.right
  }

export const day = optionOf(takeDay)
export const amount = optionOf(takeAmount)
export const name = optionOf(takeName)
export const words = optionOf(takeReason)
export const uuid = optionOf(takeUuid)
export const month = optionOf(takeMonth)
export const rate = optionOf(takeRate)
export const paidRate = optionOf(takePaidRate)

/** A code of ISO 4217. */
export function currency(text: string): string {
  const taken = takeCurrency(text)
  if (isLeft(taken)) throw new InvalidArgumentError(`${taken.left}.`)
  return taken.right
}

import { canonicalRate, currencyProblem, exchangeRateDigits, maxIdLength, monthForm, textProblem } from '@vouch/domain'
import { type Either, left, right } from 'fp-ts/lib/Either.js'

/** What was asked for in words, as it is taken; or what is wrong with it, as the end of a sentence that begins with its name. */
export type Word = Either<string, string>

/** A day as YYYY-MM-DD, within what tables can hold. */
export function takeDay(text: string): Word {
  const isDay = /^\d{4}-\d\d-\d\d$/.test(text) && new Date(`${text}T00:00:00Z`).toJSON()?.slice(0, 10) === text
  return isDay && text >= '1970-01-01' && text <= '2149-06-06' ? right(text) : left('must be a day such as 2026-03-31')
}

/** A month as YYYY-MM, within what tables can hold. */
export const takeMonth = (text: string): Word =>
  monthForm.test(text) && text >= '1970-01' && text <= '2149-05' ? right(text) : left('must be a month such as 2026-03')

/** A code of ISO 4217. */
export function takeCurrency(text: string): Word {
  const problem = currencyProblem(text)
  return problem === undefined ? right(text) : left(problem)
}

/** An exchange rate that can be recorded. */
export function takeRate(text: string): Word {
  const rate = canonicalRate(text, exchangeRateDigits)
  return rate === undefined
    ? left('must be a decimal above zero such as 0.9213, with at most 8 and 10 digits')
    : right(rate)
}

/** A rate by which what was paid in another currency counts. */
export function takePaidRate(text: string): Word {
  const rate = canonicalRate(text, { before: 12, after: 12 })
  return rate === undefined ? left('must be a decimal above zero, such as 0.9231') : right(rate)
}

/** A decimal of zero or above. */
export const takeAmount = (text: string): Word =>
  /^\d{1,12}(\.\d{1,4})?$/.test(text) ? right(text) : left('must be a decimal such as 25.00')

/** Somebody's name, for the log. */
export function takeName(text: string): Word {
  const trimmed = text.trim()
  return trimmed.length <= 200 && trimmed.isWellFormed() && textProblem(trimmed, 200) === undefined
    ? right(trimmed)
    : left('must be a name of up to 200 characters')
}

/** Why something is done, for the log. */
export function takeReason(text: string): Word {
  const trimmed = text.trim()
  return trimmed !== '' && trimmed.length <= 500 && trimmed.isWellFormed()
    ? right(trimmed)
    : left('must be a text of up to 500 characters')
}

export function takeUuid(text: string): Word {
  const lower = text.toLowerCase()
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(lower) ? right(lower) : left('must be a UUID')
}

/** The id of a program or a batch. */
export function takeId(text: string): Word {
  const problem = textProblem(text, maxIdLength)
  return problem === undefined && text.isWellFormed() ? right(text) : left(problem ?? 'must be well-formed text')
}

import { currencyDigits } from './currency.generated.ts'
import { quote } from './quote.ts'

const digits: ReadonlyMap<string, number> = new Map(Object.entries(currencyDigits))

/**
 * How many digits a currency has after the point (ISO 4217's minor unit): EUR 2, JPY 0, KWD 3.
 * @returns undefined for what is no currency that money can be in: unknown codes, lower case, metals and funds without a
 *   minor unit (XAU, XDR), codes for testing and for no currency (XTS, XXX)
 */
export const digitsOf = (currency: string): number | undefined => digits.get(currency)

/** The codes of all currencies that money can be in. */
export const currencies: readonly string[] = [...digits.keys()]

/** Why a code is not a currency, as a sentence that says what would be right; undefined if it is one. */
export function currencyProblem(code: string): string | undefined {
  if (digits.has(code)) return undefined
  const meant = code.trim().toUpperCase()
  if (digits.has(meant)) return `${quote(code)} is not an ISO 4217 currency code; did you mean ${meant}?`
  return `${quote(code)} is not a currency code of ISO 4217; write one such as EUR`
}

import {
  electronicFormatIBAN,
  getCountrySpecifications,
  isSEPACountry,
  ValidationErrorsIBAN,
  validateIBAN,
} from 'ibantools'

/**
 * An IBAN as banks exchange it: capitals without blanks. What is written for people, in groups of four, is one too; any
 * other sign is not taken out silently.
 */
export const canonicalIban = (text: string): string => text.replaceAll(' ', '').toUpperCase()

/**
 * Why a text is no IBAN, as a sentence that says what would be right; undefined if it is one. Of the text itself it repeats
 * no more than its country, since it goes into answers and logs.
 */
export function ibanProblem(text: string): string | undefined {
  const iban = canonicalIban(text)
  if (iban === '') return `is empty; ${writeIban}`
  // The library would take out dashes before it looks.
  if (!/^[A-Z0-9]+$/.test(iban)) return `has other signs than letters, digits and blanks; ${writeIban}`
  const { valid, errorCodes } = validateIBAN(iban)
  if (valid && electronicFormatIBAN(iban) === iban) return undefined
  const country = iban.slice(0, 2)
  const has = (code: ValidationErrorsIBAN): boolean => errorCodes.includes(code)
  if (has(ValidationErrorsIBAN.NoIBANCountry)) return `does not begin with a country that has IBANs; ${writeIban}`
  if (has(ValidationErrorsIBAN.WrongBBANLength))
    return `has ${iban.length} characters, which no IBAN of ${country} has; ${checkIban}`
  if (has(ValidationErrorsIBAN.WrongBBANFormat))
    return `has letters or digits where an IBAN of ${country} has none; ${checkIban}`
  return `has check digits that do not fit the rest of it; ${checkIban}`
}

const writeIban = 'write an IBAN such as DE75 5121 0800 1245 1261 99'
const checkIban = 'compare it with what the bank gave, a digit may be wrong or missing'

/** A BIC in capitals. */
export const canonicalBic = (text: string): string => text.toUpperCase()

/** As ISO 20022 has it since 2019: the first four may have digits. */
export const bicForm = /^[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?$/

/** Why a text is no BIC, by its form alone: whether there is such a bank is not known here. Undefined if it is one. */
export function bicProblem(text: string): string | undefined {
  const bic = canonicalBic(text)
  const like = 'write 8 or 11 letters and digits such as SOGEDEFFXXX, or leave it out'
  if (!bicForm.test(bic)) return `is no BIC; ${like}`
  if (!Object.hasOwn(countries, bic.slice(4, 6))) return `names no country in its fifth and sixth letter; ${like}`
  return undefined
}

/** Of ISO 3166, whether they have IBANs or not. */
const countries = getCountrySpecifications()

/** Whether an IBAN is of a country in which SEPA credit transfers reach it. */
export const isSepaIban = (iban: string): boolean => isSEPACountry(iban.slice(0, 2))

/** An IBAN or the id of an account, as it may be shown: its first four and last two signs, or of a short one nothing. */
export const maskedAccount = (text: string): string =>
  text.length < 12 ? '****' : `${text.slice(0, 4)} **** ${text.slice(-2)}`

import fc from 'fast-check'
import { composeIBAN, getCountrySpecifications } from 'ibantools'
import { describe, expect, it } from 'vitest'
import { bicProblem, canonicalBic, canonicalIban, ibanProblem, isSepaIban, maskedAccount } from './account.ts'

/** Examples of the registry of IBANs, and of banks' own documents. */
const rightIbans = [
  'DE75512108001245126199',
  'FR7630006000011234567890189',
  'GB33BUKB20201555555555',
  'NL02ABNA0123456789',
  'MT31MALT01100000000000000000123',
  'NO8330001234567',
]

describe('an IBAN', () => {
  it.each(rightIbans)('%s is one, however it is written', (iban) => {
    const grouped = iban.replace(/.{4}/g, '$& ').toLowerCase()
    expect(ibanProblem(iban)).toBe(undefined)
    expect(ibanProblem(grouped)).toBe(undefined)
    expect(canonicalIban(grouped)).toBe(iban)
  })

  it.each([
    ['', /^is empty; write an IBAN such as/],
    ['  ', /^is empty/],
    ['DE75-5121-0800-1245-1261-99', /^has other signs than letters, digits and blanks/],
    ['DE75\n512108001245126199', /^has other signs/],
    ['ＤＥ75512108001245126199', /^has other signs/],
    ['XX75512108001245126199', /^does not begin with a country that has IBANs/],
    ['ACCOUNT', /^does not begin with a country/],
    ['DE7551210800124512619', /^has 21 characters, which no IBAN of DE has; compare/],
    ['DE755121080012451261990', /^has 23 characters/],
    ['DE7551210800124512619X', /^has letters or digits where an IBAN of DE has none/],
    ['DE76512108001245126199', /^has check digits that do not fit/],
    ['DEXX512108001245126199', /^has check digits that do not fit/],
  ])('%j is none, and it is said why', (text, says) => {
    expect(ibanProblem(text)).toMatch(says)
  })

  it('with one digit changed or two neighbours swapped is none, and is not repeated in the answer', () => {
    fc.assert(
      fc.property(fc.constantFrom(...rightIbans), fc.nat(), fc.integer({ min: 1, max: 9 }), (iban, place, by) => {
        const at = 4 + (place % (iban.length - 4))
        const sign = iban.charAt(at)
        fc.pre(/\d/.test(sign))
        const changed = iban.slice(0, at) + String((Number(sign) + by) % 10) + iban.slice(at + 1)
        expect(ibanProblem(changed)).toBeTypeOf('string')
        expect(ibanProblem(changed)).not.toContain(changed.slice(0, 6))
        const next = iban.charAt(at + 1)
        fc.pre(/\d/.test(next) && next !== sign)
        expect(ibanProblem(iban.slice(0, at) + next + sign + iban.slice(at + 2))).toBeTypeOf('string')
      }),
    )
  })

  it('is of SEPA by its country', () => {
    expect(['DE75512108001245126199', 'CH9300762011623852957', 'GB33BUKB20201555555555'].map(isSepaIban)).toStrictEqual(
      [true, true, true],
    )
    expect(isSepaIban('BR1800360305000010009795493C1')).toBe(false)
  })

  it('of each country that has them has at most the length that ISO 20022 takes', () => {
    const lengths = Object.values(getCountrySpecifications()).flatMap(({ chars, IBANRegistry }) =>
      IBANRegistry && chars !== null ? [chars] : [],
    )
    expect(lengths.length).toBeGreaterThan(70)
    expect(Math.max(...lengths)).toBeLessThanOrEqual(34)
    expect(composeIBAN({ countryCode: 'DE', bban: '512108001245126199' })).toBe('DE75512108001245126199')
  })
})

describe('a BIC', () => {
  it.each(['SOGEDEFF', 'SOGEDEFFXXX', 'deutdeff500', 'E097AEXX'])('%s is one', (bic) => {
    expect(bicProblem(bic)).toBe(undefined)
    expect(canonicalBic(bic)).toBe(bic.toUpperCase())
  })

  it.each([
    ['', /^is no BIC/],
    ['SOGEDEF', /^is no BIC/],
    ['SOGEDEFFXX', /^is no BIC/],
    ['SOGE DE FF', /^is no BIC/],
    ['SOGEDEFF\n', /^is no BIC/],
    ['SOGE99FF', /^is no BIC/],
    ['SOGEZZFF', /^names no country in its fifth and sixth letter/],
  ])('%j is none', (text, says) => {
    expect(bicProblem(text)).toMatch(says)
    expect(bicProblem(text)).toContain('8 or 11 letters and digits')
  })
})

it.each([
  ['DE75512108001245126199', 'DE75 **** 99'],
  ['acct_1234567', 'acct **** 67'],
  ['acct_123456', '****'],
  ['', '****'],
])('%j is shown as %j', (text, shown) => {
  expect(maskedAccount(text)).toBe(shown)
})

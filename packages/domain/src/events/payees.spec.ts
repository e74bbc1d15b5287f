import { isLeft, isRight } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { payeeAccount, shownPersonal } from '../payees/payee.ts'
import { personalOf } from '../personal.ts'
import { example, exampleData, exampleNow } from './events.examples.ts'
import { parseEvent } from './parse.ts'

const type = 'vouch.payee.registered.v1'
const iban = 'DE75512108001245126199'
const sent = (personal: unknown, more: object = {}) =>
  parseEvent(example(type, { ...exampleData[type], personal, ...more }), exampleNow)
const of = (more: object) => ({ name: 'Zelda Quuxington', iban, ...more })

describe('the registration of a payee', () => {
  it('brings IBAN and BIC to the form in which banks exchange them', () => {
    const parsed = sent(of({ iban: 'de75 5121 0800 1245 1261 99', bic: 'sogedeff', note: 'kept' }))
    expect(isRight(parsed) && personalOf(parsed.right)).toStrictEqual(of({ bic: 'SOGEDEFF', note: 'kept' }))
  })

  it.each<[string, unknown, string, string]>([
    ['no account at all', { name: 'Zelda Quuxington' }, '.iban', 'names no account'],
    ['a wrong check digit', of({ iban: 'DE76512108001245126199' }), '.iban', 'check digits'],
    ['a number for an IBAN', of({ iban: 7551210800 }), '.iban', 'is not text; write an IBAN'],
    ['null for an IBAN', of({ iban: null }), '.iban', 'is not text; write an IBAN'],
    ['a BIC of nowhere', of({ bic: 'SOGEZZFF' }), '.bic', 'names no country'],
    ['a BIC that is a list', of({ bic: ['SOGEDEFF'] }), '.bic', 'is not text; write a BIC'],
    ['no name', { iban }, '.name', 'is missing; write the name of whoever holds the account'],
    ['a name with a line break', of({ name: 'Zelda\nQuuxington' }), '.name', 'control characters'],
    ['a name with an outer blank', of({ name: ' Zelda Quuxington' }), '.name', 'outer blanks'],
    ['a name that is too long', of({ name: 'Zelda'.repeat(30) }), '.name', '1 to 140 characters'],
    ['a name that is an object', of({ name: { first: 'Zelda' } }), '.name', 'is not text; write the name'],
    ['an account that is blank', of({ accountId: ' ' }), '.accountId', 'the account’s id at its provider'],
    ['nothing personal', undefined, '', 'is missing; write an object with name'],
    ['nothing but a text', 'Zelda Quuxington', '', 'is not right; write an object with name'],
  ])('with %s is rejected, and nothing of it is repeated', (_what, personal, field, says) => {
    const parsed = sent(personal)
    expect(isLeft(parsed) && parsed.left.field).toBe(`data.personal${field}`)
    const reason = isLeft(parsed) ? parsed.left.reason : ''
    expect(reason).toContain(says)
    for (const secret of ['Zelda', 'Quux', '51210800', 'SOGE'])
      expect(reason.replace(/such as .*/, '')).not.toContain(secret)
  })

  it.each(['iban', 'IBAN', 'bic', 'name', 'account_id', 'accountNumber'])(
    'with %s where it would not be sealed is rejected',
    (name) => {
      const parsed = sent(of({}), { [name]: iban })
      expect(isLeft(parsed) && parsed.left).toStrictEqual({
        field: `data.${name}`,
        reason: 'would not be encrypted here; write it within personal',
      })
    },
  )

  it('may name the account at a provider alone, and no role', () => {
    const { role: _role, ...data } = exampleData[type]
    const parsed = parseEvent(example(type, { ...data, personal: { name: 'Z', accountId: 'acct_1' } }), exampleNow)
    expect(isRight(parsed)).toBe(true)
  })

  it('is shown masked', () => {
    const personal = of({ accountId: 'acct_1234567' })
    const shown = { name: 'Zelda Quuxington', iban: 'DE75 **** 99', accountId: 'acct **** 67' }
    expect(shownPersonal({ type }, personal)).toStrictEqual(shown)
    expect(shownPersonal({ type }, { name: 'Z', accountId: 'x' })).toStrictEqual({ name: 'Z', accountId: '****' })
    expect(shownPersonal({ type: 'vouch.refund.v1' }, personal)).toStrictEqual(personal)
    expect(payeeAccount(personal).iban).toBe(iban)
  })
})

import fc from 'fast-check'
import { moneyRoles } from '../ledger/party.ts'
import { formatMinor } from '../money.ts'
import { holdReasons } from '../payees/hold.ts'
import { subjectKinds } from '../personal.ts'
import { exampleData } from './events.examples.ts'
import type { EventType } from './types.ts'

/** Arbitrary valid events as apps may send them: not canonical yet. For specs only. */

/** An instant before which all arbitrary events happen. */
export const arbitraryNow = Date.parse('2030-01-01T00:00:00Z')

const separator = /[\p{Cc}\p{Zl}\p{Zp}]/u

/** Any id, with the characters that could confuse a key among them. */
export const id = fc.oneof(
  fc.stringMatching(/^[a-c:%/._ -]{1,6}$/).filter((text) => text.trim() === text),
  fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
    .filter((text) => text.trim() === text && !separator.test(text)),
)

const blanks = fc.constantFrom('', ' ', '\t', '\u00a0 ')
const code = fc.tuple(blanks, id, blanks).map((parts) => parts.join(''))

const currencies = { EUR: 2, JPY: 0, KWD: 3, CLF: 4 } as const
const currency = fc.constantFrom(...(Object.keys(currencies) as (keyof typeof currencies)[]))

/** An amount as it may be written: leading zeros, and fewer digits after the point than the currency has. */
const amountIn = (code: keyof typeof currencies, least: number) =>
  fc
    .record({
      zeros: fc.constantFrom('', '0', '00'),
      minor: fc.integer({ min: least, max: 10 ** 9 }),
      cut: fc.boolean(),
    })
    .map(({ zeros, minor, cut }) => {
      const digits = currencies[code]
      const text = String(minor).padStart(digits + 1, '0')
      const whole = digits === 0 ? text : text.slice(0, -digits)
      const fraction = digits === 0 ? '' : text.slice(-digits)
      const shown = cut ? fraction.replace(/0+$/, '') : fraction
      return { value: zeros + whole + (shown === '' ? '' : `.${shown}`), currency: code }
    })

const items = (code: keyof typeof currencies) =>
  fc.array(
    fc.record(
      { sku: id, category: id, quantity: fc.integer({ min: 1, max: 99 }), amount: amountIn(code, 0) },
      { requiredKeys: ['sku', 'amount'] },
    ),
    { maxLength: 3 },
  )

const reason = fc.string({ unit: 'grapheme', maxLength: 20 }).map((text) => `because ${text}`)
const country = fc.constantFrom('DE', 'de', 'Fr')
const fxRate = fc.constantFrom('1', '1.0', '0.5000', '01.25', '123456789012.123456789012')

const optional = <T, K extends keyof T & string>(shape: { [P in keyof T]: fc.Arbitrary<T[P]> }, required: K[]) =>
  fc.record(shape, { requiredKeys: required })

const inCurrency = (least: number, rest: Record<string, fc.Arbitrary<unknown>>, required: string[]) =>
  currency.chain((code) =>
    optional<Record<string, unknown>, string>({ amount: amountIn(code, least), items: items(code), ...rest }, [
      'amount',
      ...required,
    ]),
  )

const profile = optional(
  {
    programId: id,
    advocateId: id,
    kind: fc.constantFrom('customer', 'employee', 'influencer', 'partner'),
    customerId: id,
    group: id,
    parentAdvocateId: id,
    attributes: fc.constant({ followers: 7, tags: ['a'] }),
  },
  ['programId', 'advocateId'],
).filter((it) => it.parentAdvocateId !== it.advocateId)

const byHand = currency.chain((code) =>
  optional({ programId: id, advocateId: id, amount: amountIn(code, 1), reason, conversionId: id }, [
    'programId',
    'advocateId',
    'amount',
    'reason',
  ]),
)

const standing = optional({ programId: id, advocateId: id, reason }, ['programId', 'advocateId'])
const link = fc.record({ programId: id, visitorId: id, customerId: id })
const consent = fc.record({ programId: id, customerId: id, purpose: id })
const ownedCode = fc.record({ programId: id, advocateId: id, code })

const payoutOf = (programId: string) => ({ programId: fc.constant(programId), batchId: id })
const reference = fc.stringMatching(/^[0-9A-F]{32}$/)
const payoutLine = fc
  .record({ reference, beneficiaryId: id, minor: fc.integer({ min: 1, max: 10 ** 9 }), less: fc.nat(10 ** 9) })
  .map(({ reference, beneficiaryId, minor, less }) => ({
    reference,
    beneficiaryId,
    kind: 'advocate',
    amount: { value: String(minor), currency: 'JPY' },
    parts: [
      { role: 'advocate', value: String(minor + less) },
      { role: 'upline', value: String(-less) },
    ],
  }))
const statementLine = currency.chain((code) =>
  optional(
    {
      programId: id,
      batchId: id,
      reference,
      date: fc.constantFrom('2026-02-28', '2028-02-29'),
      provider: id,
      fee: amountIn(code, 1),
      statementId: id,
      lineId: id,
    },
    ['programId', 'batchId', 'reference', 'date', 'provider'],
  ),
)

const month = fc.constantFrom('2026-02', '2027-12')

const totals = currency.chain((code) =>
  fc
    .record({ opening: fc.bigInt(-999n, 999n), earned: fc.bigInt(0n, 999n), pending: fc.bigInt(-999n, 999n) })
    .chain(({ opening, earned, pending }) => {
      const text = (minor: bigint) => formatMinor(minor, code)
      return fc.record({
        role: fc.constantFrom(...moneyRoles),
        beneficiaryId: id,
        currency: fc.constant(code),
        opening: fc.constant(text(opening)),
        earned: fc.constant(text(earned)),
        closing: fc.constant(text(opening + earned)),
        pending: fc.constant(text(pending)),
        payable: fc.constant(text(opening + earned - pending)),
      })
    }),
)

const dataByType: Readonly<Record<EventType, fc.Arbitrary<object>>> = {
  'vouch.click.v1': optional(
    { programId: id, code, visitorId: id, channel: id, url: fc.webUrl(), referrer: fc.constant(''), shareId: id },
    ['programId', 'code', 'visitorId'],
  ),
  'vouch.share.v1': optional({ programId: id, advocateId: id, channel: id, code, contentId: id, shareId: id }, [
    'programId',
    'advocateId',
    'channel',
  ]),
  'vouch.signup.v1': optional({ programId: id, customerId: id, visitorId: id, code }, ['programId', 'customerId']),
  'vouch.conversion.v1': fc.constantFrom('customerId', 'visitorId', 'code').chain((someone) =>
    inCurrency(
      0,
      {
        programId: id,
        conversionId: id,
        customerId: id,
        visitorId: id,
        code,
        kind: fc.constantFrom('purchase', 'subscription', 'renewal', 'lead'),
        country,
        fxRate,
      },
      ['programId', 'conversionId', someone],
    ),
  ),
  'vouch.conversion.amended.v1': inCurrency(0, { programId: id, conversionId: id, reason }, [
    'programId',
    'conversionId',
  ]),
  'vouch.refund.v1': inCurrency(
    1,
    {
      programId: id,
      refundId: id,
      conversionId: id,
      reason: fc.constantFrom('return', 'chargeback', 'cancellation', 'fraud'),
    },
    ['programId', 'refundId', 'conversionId'],
  ),
  'vouch.identities.linked.v1': link,
  'vouch.identities.unlinked.v1': link,
  'vouch.consent.granted.v1': consent,
  'vouch.consent.withdrawn.v1': consent,
  'vouch.program.published.v1': id.map((programId) => ({ ...exampleData['vouch.program.published.v1'], programId })),
  'vouch.advocate.enrolled.v1': profile,
  'vouch.advocate.updated.v1': profile,
  'vouch.advocate.suspended.v1': standing,
  'vouch.advocate.reinstated.v1': standing,
  'vouch.code.issued.v1': ownedCode,
  'vouch.code.revoked.v1': ownedCode,
  'vouch.touch.disqualified.v1': fc.record({ programId: id, source: id, id, reason }),
  'vouch.reward.granted.v1': byHand,
  'vouch.reward.revoked.v1': byHand,
  'vouch.person.forgotten.v1': fc.record({
    programId: id,
    subject: fc.constantFrom(...subjectKinds),
    subjectId: id,
    reason,
  }),
  'vouch.payee.registered.v1': fc.record(
    {
      programId: id,
      beneficiaryId: id,
      role: fc.constantFrom('advocate', 'referee', 'upline'),
      personal: fc
        .record(
          {
            name: id,
            iban: fc.constantFrom(
              'DE75512108001245126199',
              'fr76 3000 6000 0112 3456 7890 189',
              'GB33BUKB20201555555555',
            ),
            bic: fc.constantFrom('SOGEDEFFXXX', 'buKbgb22'),
            accountId: id,
          },
          { requiredKeys: ['name'] },
        )
        .filter(({ iban, accountId }) => iban !== undefined || accountId !== undefined),
    },
    { requiredKeys: ['programId', 'beneficiaryId', 'personal'] },
  ),
  'vouch.payee.held.v1': fc.record(
    {
      programId: id,
      beneficiaryId: id,
      role: fc.constantFrom(...moneyRoles),
      hold: fc.constantFrom(...holdReasons),
      reason,
    },
    { requiredKeys: ['programId', 'beneficiaryId', 'hold'] },
  ),
  'vouch.payee.released.v1': fc.record(
    { programId: id, beneficiaryId: id, role: fc.constantFrom(...moneyRoles), reason },
    { requiredKeys: ['programId', 'beneficiaryId'] },
  ),
  'vouch.payout.opened.v1': id.chain((programId) =>
    fc.record({
      ...payoutOf(programId),
      asOf: fc.constantFrom('2026-02-28', '2028-02-29'),
      by: id,
      position: fc.nat(),
      lines: fc.array(payoutLine, { minLength: 1, maxLength: 3 }),
      carried: fc.constant([
        { beneficiaryId: 'k', kind: 'customer', value: '-4.99', currency: 'EUR', reason: 'below-zero' },
      ]),
    }),
  ),
  'vouch.payout.approved.v1': id.chain((programId) => fc.record({ ...payoutOf(programId), by: id })),
  'vouch.payout.cancelled.v1': id.chain((programId) => fc.record({ ...payoutOf(programId), by: id, reason })),
  'vouch.payout.submitted.v1': id.chain((programId) =>
    fc.record({ ...payoutOf(programId), format: fc.constant('csv') }),
  ),
  'vouch.payout.settled.v1': statementLine,
  'vouch.payout.failed.v1': statementLine,
  'vouch.payout.returned.v1': statementLine,
  'vouch.period.closing.v1': fc.record({ programId: id, period: month, by: id }),
  'vouch.period.closed.v1': fc.record({
    programId: id,
    period: month,
    by: id,
    position: fc.nat(),
    totals: fc.array(totals, { maxLength: 3 }),
  }),
  'vouch.statement.recorded.v1': currency.chain((code) =>
    optional(
      {
        programId: id,
        provider: id,
        reference: id,
        beneficiaryId: id,
        amount: amountIn(code, 0),
        status: fc.constantFrom('settled', 'failed', 'returned'),
        date: fc.constantFrom('2026-02-28', '2028-02-29'),
        fee: amountIn(code, 1),
        statementId: id,
        lineId: id,
        reason,
      },
      ['programId', 'provider', 'reference', 'amount', 'status', 'date'],
    ),
  ),
  'vouch.payout.instructed.v1': id.chain((programId) =>
    fc.record({
      ...payoutOf(programId),
      format: fc.constant('pain.001'),
      debtor: fc.record(
        { name: id, iban: fc.constant('DE75512108001245126199'), bic: fc.constant('SOGEDEFF') },
        { requiredKeys: ['name', 'iban'] },
      ),
      executeOn: fc.constantFrom('2026-02-28', '2028-02-29'),
      payees: fc.array(fc.record({ reference, source: id, id }), { minLength: 1, maxLength: 3 }),
    }),
  ),
  'vouch.discrepancy.resolved.v1': currency.chain((code) =>
    optional(
      {
        programId: id,
        batchId: id,
        reference: id,
        class: fc.constantFrom('unexpected', 'duplicate', 'amount-differs'),
        resolution: fc.constantFrom('accept', 'write-off', 'disregard'),
        by: id,
        reason,
        rate: fc.constantFrom('1', '0.9231'),
        provider: id,
        lines: fc.tuple(
          fc.record({
            id,
            provider: id,
            amount: amountIn(code, 0),
            status: fc.constantFrom('settled', 'failed', 'returned'),
            date: fc.constantFrom('2026-02-28', '2028-02-29'),
          }),
        ),
        about: fc.record({ batchId: id, reference }),
      },
      ['programId', 'batchId', 'reference', 'class', 'resolution', 'by', 'reason', 'lines'],
    ),
  ),
  // At 7 dinar for 20 yen a yen is 350 fils, so that nothing is to round: that is the decider's.
  'vouch.balances.converted.v1': optional(
    {
      programId: id,
      conversionId: id,
      from: fc.constant('JPY'),
      to: fc.constant('KWD'),
      rate: fc.constantFrom('0.35', '00.3500'),
      asOf: fc.constantFrom('2026-02-28', '2028-02-29'),
      by: id,
      reason,
      position: fc.nat(),
      lines: fc.array(
        fc
          .record({
            beneficiaryId: id,
            role: fc.constantFrom('advocate', 'upline', 'referee'),
            yen: fc.integer({ min: 1, max: 999 }),
          })
          .map(({ yen, ...rest }) => ({
            ...rest,
            from: String(yen),
            to: `${Math.floor((yen * 35) / 100)}.${String((yen * 350) % 1000).padStart(3, '0')}`,
          })),
        { minLength: 1, maxLength: 3 },
      ),
      carried: fc.constant([{ beneficiaryId: 'k', role: 'referee', value: '-4', reason: 'rounds-to-zero' }]),
    },
    ['programId', 'conversionId', 'from', 'to', 'rate', 'asOf', 'by', 'position', 'lines', 'carried'],
  ),
}

/** A JSON value without minus zero, which JSON writes as zero, and without the one name that is refused. */
export const json = fc
  .jsonValue({ maxDepth: 3, stringUnit: 'grapheme' })
  .map((value) => JSON.parse(JSON.stringify(value)) as unknown)
  .filter((value) => !JSON.stringify(value).includes('"__proto__"'))

const prefixed = (prefix: string, value: fc.Arbitrary<unknown>) =>
  fc.dictionary(
    fc.string({ unit: 'grapheme', maxLength: 5 }).map((name) => prefix + name),
    value,
    { maxKeys: 3, noNullPrototype: true },
  )

/** An RFC 3339 time and the ms it stands for. */
export const time = fc
  .record({
    ms: fc.integer({ min: 86_400_000, max: arbitraryNow }),
    offsetMinutes: fc.integer({ min: -23 * 60, max: 23 * 60 }),
    written: fc.constantFrom('Z', 'z', 'offset', 'more digits'),
  })
  .map(({ ms, offsetMinutes, written }) => {
    const utc = new Date(ms).toISOString().slice(0, -1)
    if (written === 'Z') return { ms, text: `${utc}Z` }
    if (written === 'z') return { ms, text: `${utc.replace('T', 't')}z` }
    if (written === 'more digits') return { ms, text: `${utc}999999Z` }
    const local = new Date(ms + offsetMinutes * 60_000).toISOString().slice(0, -1)
    const two = (n: number) => String(n).padStart(2, '0')
    const minutes = Math.abs(offsetMinutes)
    const sign = offsetMinutes < 0 ? '-' : '+'
    return { ms, text: `${local}${sign}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}` }
  })

export interface ArbitraryEvent {
  readonly input: Readonly<Record<string, unknown>> & { readonly data: Readonly<Record<string, unknown>> }
  readonly type: EventType
  readonly ms: number
  /** Fields of `data` that no schema knows. */
  readonly unknown: Readonly<Record<string, unknown>>
}

/** A valid event of one type, or of any. */
export const cloudEvent = (type?: EventType): fc.Arbitrary<ArbitraryEvent> =>
  (type === undefined ? fc.constantFrom(...(Object.keys(dataByType) as EventType[])) : fc.constant(type)).chain(
    (type) =>
      fc
        .record({
          id,
          source: id,
          time,
          data: dataByType[type],
          unknown: prefixed('x_', json),
          extensions: prefixed(
            'ext',
            json.filter((value) => value !== null),
          ),
          contentType: fc.constantFrom({}, { datacontenttype: 'application/json' }, { datacontenttype: null }),
        })
        .map(({ id, source, time, data, unknown, extensions, contentType }) => ({
          input: {
            ...extensions,
            specversion: '1.0',
            id,
            source,
            type,
            time: time.text,
            ...contentType,
            data: { ...unknown, ...data },
          },
          type,
          ms: time.ms,
          unknown,
        })),
  )

import type { EventType } from './types.ts'

const statementLine = {
  programId: 'summer',
  batchId: 'summer-1',
  reference: '6D2D44E0C1A95A6CB55A3F4E5A3A7F10',
  date: '2026-03-02',
  provider: 'bank',
  statementId: 'st-7',
  lineId: '3',
}

/** One valid `data` for every type, with every known field, already in canonical form. For specs only. */
export const exampleData: Readonly<Record<EventType, Readonly<Record<string, unknown>>>> = {
  'vouch.click.v1': {
    programId: 'summer',
    code: 'ANNA10',
    visitorId: 'v-1',
    channel: 'instagram',
    url: 'https://shop.example/?ref=ANNA10',
    referrer: '',
    shareId: 'sh-1',
  },
  'vouch.share.v1': {
    programId: 'summer',
    advocateId: 'anna',
    channel: 'email',
    code: 'ANNA10',
    contentId: 'newsletter 7',
    shareId: 'sh-1',
  },
  'vouch.signup.v1': { programId: 'summer', customerId: 'k-1', visitorId: 'v-1', code: 'ANNA10' },
  'vouch.conversion.v1': {
    programId: 'summer',
    conversionId: 'c-1',
    amount: { value: '49.90', currency: 'EUR' },
    customerId: 'k-1',
    visitorId: 'v-1',
    code: 'ANNA10',
    kind: 'purchase',
    items: [
      { sku: 'boot-42', category: 'shoes', quantity: 2, amount: { value: '49.90', currency: 'EUR' } },
      { sku: 'sticker', amount: { value: '0.00', currency: 'EUR' } },
    ],
    country: 'DE',
    fxRate: '1.0834',
  },
  'vouch.conversion.amended.v1': {
    programId: 'summer',
    conversionId: 'c-1',
    amount: { value: '0.00', currency: 'EUR' },
    items: [{ sku: 'sticker', amount: { value: '0.00', currency: 'EUR' } }],
    reason: 'price match',
  },
  'vouch.refund.v1': {
    programId: 'summer',
    refundId: 'r-1',
    conversionId: 'c-1',
    amount: { value: '10.00', currency: 'EUR' },
    items: [{ sku: 'boot-42', quantity: 1, amount: { value: '10.00', currency: 'EUR' } }],
    reason: 'return',
  },
  'vouch.identities.linked.v1': { programId: 'summer', visitorId: 'v-1', customerId: 'k-1' },
  'vouch.identities.unlinked.v1': { programId: 'summer', visitorId: 'v-1', customerId: 'k-1' },
  'vouch.consent.granted.v1': { programId: 'summer', customerId: 'k-1', purpose: 'attribution' },
  'vouch.consent.withdrawn.v1': { programId: 'summer', customerId: 'k-1', purpose: 'attribution' },
  'vouch.program.published.v1': {
    programId: 'summer',
    name: 'Summer referral',
    currency: 'EUR',
    effectiveFrom: '2026-01-01T00:00:00.000Z',
    attribution: {
      rewardBy: 'last-touch',
      lookback: { click: '30d', signup: '365d' },
      touchReuse: 'all',
      selfReferral: 'exclude',
      positionBased: { first: 0.4, last: 0.4 },
      timeDecay: { halfLife: '7d' },
      horizon: '90d',
    },
    holdDays: 30,
    rewards: [
      {
        ruleId: 'ten-percent',
        trigger: 'conversion',
        to: 'advocate',
        amount: { percent: '10' },
        when: {
          minAmount: '20.00',
          customer: 'new',
          countries: ['DE', 'FR'],
          categories: ['shoes'],
          kinds: ['purchase'],
        },
        caps: {
          perAdvocate: { amount: '500.00', per: 'month' },
          perCustomer: { conversions: 1 },
          perProgram: { amount: '100000.00' },
        },
      },
      { ruleId: 'welcome', trigger: 'signup', to: 'referee', amount: { fixed: '5.00' } },
      {
        ruleId: 'ladder',
        trigger: 'conversion',
        to: 'advocate',
        amount: {
          tiers: {
            by: 'conversions',
            per: 'month',
            steps: [
              { from: 0, percent: '5' },
              { from: 10, percent: '8' },
            ],
          },
        },
      },
    ],
  },
  'vouch.advocate.enrolled.v1': {
    programId: 'summer',
    advocateId: 'anna',
    kind: 'influencer',
    customerId: 'k-9',
    group: 'north',
    parentAdvocateId: 'bert',
    attributes: { followers: 1200, tags: ['a', 'b'], verified: true },
  },
  'vouch.advocate.updated.v1': {
    programId: 'summer',
    advocateId: 'anna',
    kind: 'partner',
    customerId: 'k-9',
    group: 'south',
    parentAdvocateId: 'bert',
    attributes: { followers: 1300 },
  },
  'vouch.advocate.suspended.v1': { programId: 'summer', advocateId: 'anna', reason: 'under review' },
  'vouch.advocate.reinstated.v1': { programId: 'summer', advocateId: 'anna', reason: 'review found nothing' },
  'vouch.code.issued.v1': { programId: 'summer', advocateId: 'anna', code: 'ANNA10' },
  'vouch.code.revoked.v1': { programId: 'summer', advocateId: 'anna', code: 'ANNA10' },
  'vouch.touch.disqualified.v1': { programId: 'summer', source: 'shop.example', id: 'evt-7', reason: 'a machine' },
  'vouch.reward.granted.v1': {
    programId: 'summer',
    advocateId: 'anna',
    amount: { value: '5.00', currency: 'EUR' },
    reason: 'goodwill',
    conversionId: 'c-1',
  },
  'vouch.reward.revoked.v1': {
    programId: 'summer',
    advocateId: 'anna',
    amount: { value: '5.00', currency: 'EUR' },
    reason: 'granted twice',
    conversionId: 'c-1',
  },
  'vouch.person.forgotten.v1': { programId: 'summer', subject: 'customer', subjectId: 'k-1', reason: 'asked to' },
  'vouch.payee.registered.v1': {
    programId: 'summer',
    beneficiaryId: 'anna',
    role: 'advocate',
    personal: { name: 'A. Advocate', iban: 'DE75512108001245126199', bic: 'SOGEDEFFXXX', accountId: 'acct_7' },
  },
  'vouch.payout.opened.v1': {
    programId: 'summer',
    batchId: 'summer-1',
    asOf: '2026-02-28',
    minimum: '5.00',
    by: 'fay',
    position: 361,
    lines: [
      {
        reference: '6D2D44E0C1A95A6CB55A3F4E5A3A7F10',
        beneficiaryId: 'anna',
        kind: 'advocate',
        amount: { value: '6.50', currency: 'EUR' },
        parts: [
          { role: 'advocate', value: '8.00' },
          { role: 'upline', value: '-1.50' },
        ],
      },
    ],
    carried: [{ beneficiaryId: 'k-1', kind: 'customer', value: '4.99', currency: 'EUR', reason: 'below-minimum' }],
  },
  'vouch.payout.approved.v1': { programId: 'summer', batchId: 'summer-1', by: 'gil' },
  'vouch.payout.cancelled.v1': { programId: 'summer', batchId: 'summer-1', by: 'gil', reason: 'wrong month' },
  'vouch.payout.submitted.v1': { programId: 'summer', batchId: 'summer-1', format: 'csv' },
  'vouch.payout.settled.v1': {
    ...statementLine,
    fee: { value: '0.35', currency: 'EUR' },
  },
  'vouch.payout.failed.v1': { ...statementLine, reason: 'account closed' },
  'vouch.payout.returned.v1': { ...statementLine, reason: 'unknown beneficiary' },
  'vouch.statement.recorded.v1': {
    programId: 'summer',
    provider: 'bank',
    reference: '6D2D44E0C1A95A6CB55A3F4E5A3A7F10',
    beneficiaryId: 'anna',
    amount: { value: '6.50', currency: 'EUR' },
    status: 'returned',
    date: '2026-03-01',
    fee: { value: '0.35', currency: 'EUR' },
    statementId: '2026-03',
    lineId: '17',
    reason: 'account closed',
  },
  'vouch.payout.instructed.v1': {
    programId: 'summer',
    batchId: 'summer-1',
    format: 'pain.001',
    debtor: { name: 'Shop GmbH', iban: 'DE75512108001245126199', bic: 'SOGEDEFFXXX' },
    executeOn: '2026-03-02',
    payees: [{ reference: '6D2D44E0C1A95A6CB55A3F4E5A3A7F10', source: 'shop.example', id: 'payee-1' }],
  },
}

/** When the examples are parsed. */
export const exampleNow = Date.parse('2026-03-02T00:00:00Z')

/** A valid event of a type, as an app would send it. */
export function example(type: EventType, data: Readonly<Record<string, unknown>> = exampleData[type]) {
  return { specversion: '1.0', id: 'evt-1', source: 'shop.example', type, time: '2026-03-01T12:00:00.000Z', data }
}

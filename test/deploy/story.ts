import { event } from '../../services/vouch/src/testing/samples.ts'

/** One advocate's click, share, a sale of it, a part of which comes back, and a click on a code that nobody has. */
export const story = [
  event('program.published', 'terms', '2026-01-01T00:00:00Z', {
    name: 'Summer',
    currency: 'EUR',
    effectiveFrom: '2026-01-01T00:00:00Z',
    attribution: { rewardBy: 'last-touch', lookback: { click: '30d', signup: '365d' }, horizon: '90d' },
    holdDays: 30,
    rewards: [{ ruleId: 'ten-percent', trigger: 'conversion', to: 'advocate', amount: { percent: '10' } }],
  }),
  event('advocate.enrolled', 'enrol', '2026-01-01T00:00:00Z', { advocateId: 'anna', kind: 'customer' }),
  event('code.issued', 'code', '2026-01-01T00:00:00Z', { advocateId: 'anna', code: 'ANNA10' }),
  event('click', 'click', '2026-03-02T10:00:00Z', { code: 'ANNA10', visitorId: 'v-1', channel: 'instagram' }),
  event('click', 'stray', '2026-03-02T11:00:00Z', { code: 'NOBODY', visitorId: 'v-1' }),
  event('conversion', 'order', '2026-03-03T10:00:00Z', {
    conversionId: 'o-1',
    visitorId: 'v-1',
    amount: { value: '100.00', currency: 'EUR' },
  }),
  event('refund', 'refund', '2026-03-05T10:00:00Z', {
    refundId: 'r-1',
    conversionId: 'o-1',
    amount: { value: '35.00', currency: 'EUR' },
  }),
]

/** Events and terms for specs. All belong to the program summer of March 2026 unless they say otherwise. */

type Json = Readonly<Record<string, unknown>>

export interface CloudEvent extends Json {
  readonly id: string
  readonly type: string
}

export function event(type: string, id: string, time: string, data: Json): CloudEvent {
  return {
    specversion: '1.0',
    id,
    source: 'shop.example',
    type: `vouch.${type}.v1`,
    time,
    data: { programId: 'summer', ...data },
  }
}

export const click = (id: string, time: string, visitorId: string, code = 'ANNA10'): CloudEvent =>
  event('click', id, time, { code, visitorId, channel: 'instagram' })

export const conversion = (
  conversionId: string,
  time: string,
  customerId: string,
  value: string,
  more: Json = {},
): CloudEvent =>
  event('conversion', `order-${conversionId}`, time, {
    conversionId,
    customerId,
    amount: { value, currency: 'EUR' },
    ...more,
  })

export const refund = (refundId: string, time: string, conversionId: string, value: string): CloudEvent =>
  event('refund', `refund-${refundId}`, time, { refundId, conversionId, amount: { value, currency: 'EUR' } })

export const enrolled = (advocateId: string, time = '2026-01-01T00:00:00Z'): CloudEvent =>
  event('advocate.enrolled', `enrol-${advocateId}`, time, { advocateId, kind: 'customer' })

export const issued = (advocateId: string, code: string, time = '2026-01-01T00:00:00Z'): CloudEvent =>
  event('code.issued', `issue-${code}`, time, { advocateId, code })

export const summerTerms = `programId: summer
name: Summer referral
currency: EUR
effectiveFrom: 2026-01-01T00:00:00Z
attribution:
  rewardBy: last-touch
  lookback: { click: 30d, signup: 365d }
  horizon: 90d
holdDays: 30
rewards:
  - ruleId: ten-percent
    trigger: conversion
    to: advocate
    amount: { percent: "10" }
`

export const published = (id = 'terms-1'): CloudEvent =>
  event('program.published', id, '2026-01-01T00:00:00Z', {
    name: 'Summer referral',
    currency: 'EUR',
    effectiveFrom: '2026-01-01T00:00:00Z',
    attribution: { rewardBy: 'last-touch', lookback: { click: '30d', signup: '365d' }, horizon: '90d' },
    holdDays: 30,
    rewards: [{ ruleId: 'ten-percent', trigger: 'conversion', to: 'advocate', amount: { percent: '10' } }],
  })

/** Two advocates with a code each. */
export const advocates: readonly CloudEvent[] = [
  enrolled('anna'),
  issued('anna', 'ANNA10'),
  enrolled('ben'),
  issued('ben', 'BEN10'),
]

/** Ben's touch, then Anna's, then an order of 100.00 of which 35.00 comes back, by a customer whose visitor is known. */
export const story: readonly CloudEvent[] = [
  ...advocates,
  click('c-1', '2026-03-01T10:00:00Z', 'v-1', 'BEN10'),
  click('c-2', '2026-03-02T10:00:00Z', 'v-1', 'ANNA10'),
  click('c-3', '2026-03-02T11:00:00Z', 'v-1', 'NOBODY'),
  event('signup', 's-1', '2026-03-02T12:00:00Z', { customerId: 'k-1', visitorId: 'v-1' }),
  conversion('o-1', '2026-03-03T10:00:00Z', 'k-1', '100.00'),
  refund('r-1', '2026-03-05T10:00:00Z', 'o-1', '35.00'),
]

export const ndjson = (events: readonly unknown[]): string => events.map((it) => `${JSON.stringify(it)}\n`).join('')

/** A query for what the tables say, with no position and no time of arrival: it does not depend on where log and tables are. */
export const everyRow = `SELECT * FROM (
  SELECT 'event' AS what, toString((source, event_id, type, occurred_at, toString(data))) AS row FROM events
  UNION ALL
  SELECT 'attribution', toString((program_id, conversion_id, model, advocate_id, credit, amount, entry)) FROM attributions
  UNION ALL
  SELECT 'reward', toString((rule_id, beneficiary_id, amount, entry, available_on)) FROM rewards
  UNION ALL
  SELECT 'funnel', toString(tuple(*)) FROM funnel_daily
  UNION ALL
  SELECT 'advocate day', toString(tuple(*)) FROM advocate_daily
) ORDER BY ALL FORMAT TSV`

import type { termsSchema } from '@vouch/domain'
import type { z } from 'zod'
import { at } from './calendar.ts'

export const programId = 'spring'
export const programName = 'Spring referral'
export const programCurrency = 'EUR'

export type TermsInput = z.input<typeof termsSchema>

const iso = (ms: number): string => new Date(ms).toISOString()

const attribution: TermsInput['attribution'] = {
  rewardBy: 'last-touch',
  lookback: { click: '30d', signup: '365d' },
  horizon: '30d',
}

const welcome = { ruleId: 'welcome', trigger: 'signup', to: 'referee', amount: { fixed: '5.00' } } as const
const upline = { ruleId: 'upline', trigger: 'conversion', to: 'upline', amount: { percent: '2' } } as const
const lead = {
  ruleId: 'lead',
  trigger: 'conversion',
  to: 'advocate',
  amount: { fixed: '2.00' },
  when: { kinds: ['lead'] as 'lead'[] },
} as const

/** What the program promises from its first day on. */
export const firstTerms: TermsInput = {
  programId,
  name: programName,
  currency: programCurrency,
  effectiveFrom: iso(at(0)),
  attribution,
  holdDays: 30,
  rewards: [
    {
      ruleId: 'purchase',
      trigger: 'conversion',
      to: 'advocate',
      amount: { percent: '10' },
      when: { minAmount: '20.00', kinds: ['purchase'] },
      caps: { perAdvocate: { amount: '90.00', per: 'month' } },
    },
    {
      ruleId: 'subscription',
      trigger: 'conversion',
      to: 'advocate',
      amount: {
        tiers: {
          by: 'conversions',
          per: 'month',
          steps: [
            { from: 0, percent: '5' },
            { from: 4, percent: '8' },
          ],
        },
      },
      when: { kinds: ['subscription', 'renewal'] },
    },
    welcome,
    upline,
    lead,
  ],
}

export const secondTermsFrom = at(45)

/** From half-time on purchases pay more, and the first gift of a new customer something on top. */
export const secondTerms: TermsInput = {
  ...firstTerms,
  effectiveFrom: iso(secondTermsFrom),
  rewards: [
    {
      ruleId: 'purchase',
      trigger: 'conversion',
      to: 'advocate',
      amount: { percent: '12' },
      when: { minAmount: '20.00', kinds: ['purchase'] },
      caps: { perAdvocate: { amount: '120.00', per: 'month' } },
    },
    {
      ruleId: 'subscription',
      trigger: 'conversion',
      to: 'advocate',
      amount: {
        tiers: {
          by: 'conversions',
          per: 'month',
          steps: [
            { from: 0, percent: '6' },
            { from: 4, percent: '9' },
          ],
        },
      },
      when: { kinds: ['subscription', 'renewal'] },
    },
    {
      ruleId: 'first-gift',
      trigger: 'conversion',
      to: 'advocate',
      amount: { percent: '3' },
      when: { customer: 'new', categories: ['gift'] },
    },
    welcome,
    upline,
    lead,
  ],
}

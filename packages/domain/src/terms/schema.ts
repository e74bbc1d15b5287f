import { z } from 'zod'
import { digitsOf } from '../currency.ts'
import { parseDuration } from '../duration.ts'
import { country } from '../events/fields.ts'
import { programId } from '../ids.ts'
import { plainText } from '../text.ts'

export const models = ['first-touch', 'last-touch', 'linear', 'position-based', 'time-decay'] as const
export type Model = (typeof models)[number]

export const triggers = ['click', 'share', 'signup', 'conversion'] as const
export type Trigger = (typeof triggers)[number]

export const roles = ['advocate', 'referee', 'upline'] as const
export type Role = (typeof roles)[number]

const duration = z
  .string('write a duration as a string, e.g. "30d"')
  .refine(
    (text) => parseDuration(text) !== undefined,
    'write a duration as a whole number and a unit: ms, s, m, h, d or w, e.g. "30d"',
  )

const positiveDuration = duration.refine((text) => parseDuration(text) !== 0, 'must be longer than zero')

const decimal = z
  .string('write the number as a string in quotes, e.g. "10" or "12.50"')
  .regex(/^\d+(\.\d+)?$/, 'write a decimal number without a sign, e.g. "10" or "12.50"')
  .regex(/^\d{1,12}(\.\d{1,12})?$/, 'must have at most 12 digits on either side of the point')

const percent = decimal.refine((text) => Number(text) <= 1000, 'must not be above "1000"')

const share = z
  .number('write a number from 0 to 1, e.g. 0.4')
  .min(0, 'must not be below 0')
  .max(1, 'must not be above 1')
  .refine((value) => Number(value.toFixed(9)) === value, 'must have at most 9 digits after the point')

const count = z.number('write a whole number').int('must be a whole number').min(0, 'must not be below 0').max(1e9)

const amountStep = z
  .strictObject({ from: count, percent: percent.optional(), fixed: decimal.optional() })
  .refine((step) => (step.percent === undefined) !== (step.fixed === undefined), 'a step has either percent or fixed')

const tiers = z.strictObject({
  by: z.literal('conversions', 'tiers go by conversions'),
  per: z.literal('month', 'a tier counts per month, or for ever when per is left out').optional(),
  steps: z
    .array(amountStep)
    .min(1, 'needs at least one step')
    .refine(
      (steps) => steps.every((step, i) => i === 0 || step.from > (steps[i - 1]?.from ?? 0)),
      'steps must rise by from',
    )
    .refine((steps) => steps[0]?.from === 0, 'the first step must be from: 0'),
})

const amount = z
  .strictObject({ percent: percent.optional(), fixed: decimal.optional(), tiers: tiers.optional() })
  .refine(
    (it) => [it.percent, it.fixed, it.tiers].filter((x) => x !== undefined).length === 1,
    'an amount is one of percent, fixed or tiers',
  )

const cap = z
  .strictObject({
    amount: decimal.optional(),
    conversions: count.optional(),
    per: z.literal('month', 'a cap holds per month, or for ever when per is left out').optional(),
  })
  .refine((it) => it.amount !== undefined || it.conversions !== undefined, 'a cap limits amount, conversions or both')

const when = z.strictObject({
  minAmount: decimal.optional(),
  customer: z.literal('new', 'the only condition on the customer is "new"').optional(),
  countries: z.array(country).min(1).optional(),
  categories: z.array(z.string().min(1)).min(1).optional(),
  kinds: z
    .array(z.enum(['purchase', 'subscription', 'renewal', 'lead']))
    .min(1)
    .optional(),
})

const rule = z.strictObject({
  ruleId: z
    .string()
    .refine((id) => id !== 'by-hand', '"by-hand" is what rewards by an operator are called; choose another')
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, 'use up to 100 letters, digits, dots, dashes and underscores'),
  trigger: z.enum(triggers),
  to: z.enum(roles),
  amount,
  when: when.optional(),
  caps: z
    .strictObject({ perAdvocate: cap.optional(), perCustomer: cap.optional(), perProgram: cap.optional() })
    .optional(),
})

const attribution = z.strictObject({
  rewardBy: z.enum(models).default('last-touch'),
  lookback: z
    .strictObject({ click: duration.default('30d'), signup: duration.default('365d') })
    .default({ click: '30d', signup: '365d' }),
  touchReuse: z.enum(['all', 'since-last-conversion']).default('all'),
  selfReferral: z.enum(['exclude', 'allow']).default('exclude'),
  positionBased: z
    .strictObject({ first: share, last: share })
    .refine(
      ({ first, last }) => Math.round(first * 1e9) + Math.round(last * 1e9) <= 1e9,
      'first and last must not be above 1 together',
    )
    .default({ first: 0.4, last: 0.4 }),
  timeDecay: z.strictObject({ halfLife: positiveDuration }).default({ halfLife: '7d' }),
  horizon: duration.default('90d'),
  requireConsent: plainText(100)
    .optional()
    .describe('The purpose that a customer must have consented to for touches to count; none when left out'),
})

const instant = z.iso
  .datetime({ offset: true, error: 'write a time with its offset, e.g. "2026-01-01T00:00:00Z"' })
  .transform((text) => new Date(text).toISOString())
  .refine((text) => text >= '1970-01-01' && text < '2149', 'must lie between 1970 and 2149')

/**
 * The terms of a program, whole: the data of `vouch.program.published.v1`. What is left out is filled in, so that the log
 * says in full what was promised. Inside, unknown keys are refused: a misspelt condition would pay by mistake.
 */
export const termsSchema = z
  .looseObject({
    programId,
    name: z.string().max(200).optional().describe('What people call the program'),
    currency: z
      .string()
      .refine((code) => digitsOf(code) !== undefined, 'must be an ISO 4217 code in capitals, e.g. "EUR"')
      .meta({ pattern: '^[A-Z]{3}$' }),
    effectiveFrom: instant,
    attribution: attribution.default(() => attribution.parse({})),
    holdDays: z.number().int('must be a whole number of days').min(0, 'must not be below 0').max(3650).default(30),
    rewards: z.array(rule).max(100).default([]),
  })
  .superRefine((terms, context) => {
    const seen = new Set<string>()
    terms.rewards.forEach((it, index) => {
      if (seen.has(it.ruleId))
        context.addIssue({
          code: 'custom',
          path: ['rewards', index, 'ruleId'],
          message: `rule "${it.ruleId}" is there twice`,
        })
      seen.add(it.ruleId)
    })
    const digits = digitsOf(terms.currency)
    if (digits === undefined) return
    const check = (text: string | undefined, path: (string | number)[]) => {
      const places = text?.split('.')[1]?.length ?? 0
      if (places > digits)
        context.addIssue({
          code: 'custom',
          path,
          message: `"${text}" has ${places} ${places === 1 ? 'digit' : 'digits'} after the point, ${terms.currency} has ${digits}`,
        })
    }
    terms.rewards.forEach((it, index) => {
      const at = ['rewards', index]
      check(it.amount.fixed, [...at, 'amount', 'fixed'])
      it.amount.tiers?.steps.forEach((step, i) => {
        check(step.fixed, [...at, 'amount', 'tiers', 'steps', i, 'fixed'])
      })
      check(it.when?.minAmount, [...at, 'when', 'minAmount'])
      for (const scope of ['perAdvocate', 'perCustomer', 'perProgram'] as const)
        check(it.caps?.[scope]?.amount, [...at, 'caps', scope, 'amount'])
    })
  })

export type Terms = z.output<typeof termsSchema>
export type Rule = Terms['rewards'][number]
export type Cap = z.output<typeof cap>

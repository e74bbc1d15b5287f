import { parseEvent } from '../events/parse.ts'

/** Terms as an operator publishes them on the day they begin. For specs only. */
export const published = (data: unknown) =>
  parseEvent(
    {
      specversion: '1.0',
      id: 'evt-1',
      source: 'ops',
      type: 'vouch.program.published.v1',
      time: '2026-01-01T00:00:00Z',
      data,
    },
    Date.parse('2026-01-01T00:00:00Z'),
  )

/** All that terms must say. */
export const least = { programId: 'summer', currency: 'EUR', effectiveFrom: '2026-01-01T00:00:00Z' }
export const rule = { ruleId: 'x', trigger: 'conversion', to: 'advocate', amount: { percent: '10' } }

export const inQuotes = 'write the number as a string in quotes, e.g. "10" or "12.50"'
export const plainDecimal = 'write a decimal number without a sign, e.g. "10" or "12.50"'
export const asDuration = 'write a duration as a whole number and a unit: ms, s, m, h, d or w, e.g. "30d"'
export const withOffset = 'write a time with its offset, e.g. "2026-01-01T00:00:00Z"'
export const unknown = 'is not known here; leave it out, or correct its name'

/** What is wrong, the changes that make it so, the field and the reason. */
export type Refusal = [string, Record<string, unknown>, string, string]

/** The types of the events of periods, in the order in which they happen. */
export const periodTypes = ['vouch.period.closing.v1', 'vouch.period.closed.v1'] as const
export type PeriodType = (typeof periodTypes)[number]

/** The types of the events of payouts, in the order of a line's life. */
export const payoutTypes = [
  'vouch.payout.opened.v1',
  'vouch.payout.approved.v1',
  'vouch.payout.cancelled.v1',
  'vouch.payout.submitted.v1',
  'vouch.payout.settled.v1',
  'vouch.payout.failed.v1',
  'vouch.payout.returned.v1',
] as const
export type PayoutType = (typeof payoutTypes)[number]

/** What is on the same stream, and no part of a batch. */
export const convertedType = 'vouch.balances.converted.v1'

import type { CorrectionReason, RewardReason, TouchReason } from '@vouch/domain'

type Reason = TouchReason | RewardReason | CorrectionReason | 'unknown-conversion' | 'code-of-another-advocate'

/** What the reasons of table `exclusions` mean, in words. */
const meanings: Readonly<Record<Reason, string>> = {
  'no-terms': 'from before the program began',
  'outside-look-back': 'too long before the conversion',
  'unknown-code': 'nobody was issued this code',
  'revoked-code': 'the code had been revoked',
  'advocate-suspended': 'the advocate was suspended',
  'self-referral': 'the advocate is the customer',
  disqualified: 'disqualified by an operator',
  'before-previous-conversion': 'spent by an earlier conversion',
  'beyond-horizon': 'arrived later than the terms allow',
  'no-consent': 'the customer had not consented',
  'no-touch': 'nobody referred the customer',
  'fully-refunded': 'nothing is left of the amount',
  'no-fx-rate': 'in another currency, without a rate',
  'amount-too-large': 'more than the tables can hold',
  'below-min-amount': 'less than the rule’s minimum',
  'customer-unknown': 'the rule asks for a known customer',
  'customer-not-new': 'the rule asks for a new customer',
  country: 'the rule is for other countries',
  category: 'the rule is for other categories',
  kind: 'the rule is for other kinds of sale',
  'no-revenue': 'there is no amount to take a share of',
  'no-parent': 'the advocate has no parent to reward',
  'beneficiary-suspended': 'who would be rewarded was suspended',
  'rounds-to-zero': 'less than the smallest coin',
  'cap-per-advocate': 'the advocate’s cap is reached',
  'cap-per-customer': 'the customer’s cap is reached',
  'cap-per-program': 'the program’s cap is reached',
  'currency-differs': 'in another currency than the conversion',
  superseded: 'a later amendment took its place',
  'refund-exceeds-amount': 'more given back than was paid',
  'unknown-conversion': 'names a conversion that never came',
  'code-of-another-advocate': 'the code belongs to somebody else',
}

export const meaningOf = (reason: string): string => (Object.hasOwn(meanings, reason) ? meanings[reason as Reason] : '')

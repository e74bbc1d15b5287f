/** What some logs have much of, so that rare things meet: parents, returned items, or ladders under terms that come late. */
export type Leaning = 'uplines' | 'items' | 'ladders' | 'nothing'

/** What a generated log may contain. Everything is on unless it is switched off. */
export interface LogOptions {
  /** Least and most facts beside terms, enrolments and codes. */
  readonly facts: readonly [number, number]
  /** Most versions of the terms. */
  readonly versions: 1 | 2 | 3
  /** A later version takes effect before one that was published earlier. */
  readonly overtaking: boolean
  /** A later version arrives after facts that it covers. One dated into the future may be covered anyhow. */
  readonly retroactive: boolean
  /** Rules that keep their id and change altogether in the next version. Without it they keep what they count by. */
  readonly rewrittenRules: boolean
  /** The next version has another currency. */
  readonly newCurrency: boolean
  /** Terms that leave out what has the value of the contract's example. */
  readonly sparseTerms: boolean
  readonly caps: boolean
  readonly tiers: boolean
  /** Facts beyond the horizon. Without it the log stays within, whatever the order of arrival. */
  readonly late: boolean
  /** Facts whose time lies before the first version. */
  readonly beforeTerms: boolean
  /** Facts and codes that arrive before the terms, codes and enrolments they need. */
  readonly pending: boolean
  /** Codes of advocates that never enrol. */
  readonly ghosts: boolean
  /** Events dated after their time of recording. */
  readonly future: boolean
  readonly sinceLastConversion: boolean
  readonly selfReferral: boolean
  readonly suspensions: boolean
  readonly revocations: boolean
  /** Codes shared, or said to be revoked, by another than their owner. */
  readonly strangers: boolean
  readonly disqualifications: boolean
  /** `identities.linked` and `identities.unlinked`. */
  readonly links: boolean
  /** Advocates' parents and customers change. */
  readonly updates: boolean
  readonly uplines: boolean
  readonly refunds: boolean
  readonly amendments: boolean
  /** Refunds and amendments in another currency than their conversion's. */
  readonly foreignCorrections: boolean
  /** Conversions in other currencies than the program's. */
  readonly currencies: boolean
  readonly items: boolean
  readonly coupons: boolean
  readonly signups: boolean
  readonly shares: boolean
  /** Rules for clicks, shares and signups. */
  readonly activityRewards: boolean
  /** Such rules with conditions, percentages and tiers, most of which can never pay. */
  readonly activityTerms: boolean
  readonly conditions: boolean
  readonly byHand: boolean
  /** Codes in other cases and with outer blanks. */
  readonly spelling: boolean
  /** Ids and sources whose UTF-8 bytes and UTF-16 code units stand in another order. */
  readonly oddIds: boolean
  /** Conversions without a customer. */
  readonly anonymous: boolean
  /** A second program with the same people and codes. */
  readonly secondProgram: boolean
  /** Terms that ask for a customer's consent, and customers who give and withdraw it. */
  readonly consent: boolean
  /** People who are forgotten, which changes nothing. */
  readonly erasures: boolean
  /** All touches within look-back and horizon of the newest fact, so that nothing may be forgotten yet. */
  readonly bounded: boolean
}

export const everything: LogOptions = {
  facts: [4, 40],
  versions: 3,
  overtaking: true,
  retroactive: true,
  rewrittenRules: true,
  newCurrency: true,
  sparseTerms: true,
  caps: true,
  tiers: true,
  late: true,
  beforeTerms: true,
  pending: true,
  ghosts: true,
  future: true,
  sinceLastConversion: true,
  selfReferral: true,
  suspensions: true,
  revocations: true,
  strangers: true,
  disqualifications: true,
  links: true,
  updates: true,
  uplines: true,
  refunds: true,
  amendments: true,
  foreignCorrections: true,
  currencies: true,
  items: true,
  coupons: true,
  signups: true,
  shares: true,
  activityRewards: true,
  activityTerms: true,
  conditions: true,
  byHand: true,
  spelling: true,
  oddIds: true,
  anonymous: true,
  secondProgram: true,
  consent: true,
  erasures: true,
  bounded: true,
}

/** The plainest logs: clicks, conversions and one version of the terms with plain rules. */
export const plain: LogOptions = {
  ...(Object.fromEntries(
    Object.entries(everything).map(([name, value]) => [name, typeof value === 'boolean' ? false : value]),
  ) as unknown as LogOptions),
  versions: 1,
  bounded: true,
}

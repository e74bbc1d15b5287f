import type { Correction, Item, MoneyJson, Occurrence, TermsVersion } from '@vouch/domain'

/** What the fold keeps of a program. */
export interface ProgramState {
  /** The program's own clock, ms; undefined before its first fact. */
  clock?: number | undefined
  /** Latest time of any fact, ms, even one ahead of its recording. */
  latest?: number | undefined
  versions: TermsVersion[]
  /** Set with the first disqualified touch, so that programs without any never look for one. */
  disqualifies?: boolean | undefined
  /** Rewards by hand for a time at which no terms hold yet. */
  waiting?: HandReward[] | undefined
}

export interface HandReward extends Occurrence {
  readonly advocateId: string
  readonly amount: MoneyJson
  readonly conversionId?: string | undefined
  readonly revoked: boolean
  /** The `Exclusion` texts that stand. */
  readonly exclusions?: string[] | undefined
}

/** A fact that may come too late: its lateness is fixed when it arrives. */
export interface Fact extends Occurrence {
  /** How far behind the program's clock it arrived, ms; left out when in time. */
  readonly lateMs?: number | undefined
}

/** The event's own part of a fact; its data is picked by name, for unknown fields are the log's business. */
export interface FactBase extends Fact {
  readonly lateMs: number | undefined
}

export interface Click extends Fact {
  readonly codeKey: string
  readonly channel?: string | undefined
  readonly shareId?: string | undefined
  /** Set when its row in `touches` is written. */
  listed?: true | undefined
  /** Its row in `exclusions`, as `Exclusion` text, while it has one. */
  excluded?: string | undefined
}

/** What was said about one visitor and one customer. */
export interface LinkStatement extends Occurrence {
  readonly customerId: string
  readonly linked: boolean
  /** How late the fact was that said so, ms; beyond the horizon it says nothing. Left out when it was in time. */
  readonly lateMs?: number | undefined
  /** It came beyond the horizon, and has no row in `links` as yet. */
  unlisted?: boolean | undefined
}

/** A conversion as its neighbours need to know it. */
export interface ConversionRef extends Occurrence {
  readonly conversionId: string
  readonly customerId?: string | undefined
  readonly lateMs?: number | undefined
}

/** A page of a visitor's clicks that come before another click. */
export interface OlderClicks {
  /** Its number; the page itself is a value of its own. */
  readonly page: number
  /** All of it comes before this, and whatever comes later does not. */
  readonly before: Occurrence
}

export interface VisitorState {
  /** In order; the newest ones, where there are pages of older ones. */
  clicks: Click[]
  /** Those before them, in order; left out while there are none. */
  older?: OlderClicks[] | undefined
  /** In order; those before one of the same pair that can never be too late are dropped, unless they may yet be listed. */
  links: LinkStatement[]
  /** Customers who signed up on this visitor. */
  signups: string[]
  conversions: ConversionRef[]
}

export interface CustomerState {
  /** Visitors of whom a link was ever stated. */
  visitors: string[]
  conversions: ConversionRef[]
  /** In order of their own time; left out while there is none. */
  consents?: ConsentStatement[] | undefined
}

/** What a customer said about a purpose. */
export interface ConsentStatement extends Occurrence {
  readonly purpose: string
  readonly granted: boolean
}

/** What a trigger has led to so far. */
export interface TriggerState {
  /** One for each rule, role, currency and beneficiary, in the order in which they came. */
  rewards: RewardUnit[]
  /** The `Exclusion` texts that stand. */
  exclusions: string[]
  /** Which number it has in each count that tiers go by, by the key of the count; it takes one in each at most. */
  numbers?: { readonly count: string; readonly number: number }[] | undefined
}

/** One beneficiary's reward from one rule for one trigger. Amounts are minor units as decimal strings. */
export interface RewardUnit {
  readonly ruleId: string
  /** Of the terms that it follows now. */
  version: number
  readonly role: 'advocate' | 'referee' | 'upline'
  readonly beneficiaryId: string
  readonly currency: string
  readonly earnedAt: number
  availableOn: string
  /** How many triggers had counted for its tiers before it. */
  ordinal: number
  raw: string
  granted: string
  /** The cap that keeps it below what its rule gives, if one does. */
  cappedBy?: 'cap-per-advocate' | 'cap-per-customer' | 'cap-per-program' | undefined
  /** Whether an accrual was ever written. */
  accrued?: boolean | undefined
}

export interface SignupState extends TriggerState {
  readonly fact: Fact & {
    readonly customerId: string
    readonly visitorId?: string | undefined
    readonly code?: string | undefined
    readonly codeKey?: string | undefined
  }
  /** Whether its row in `signups`, and the one in `touches`, is written. */
  recorded?: boolean | undefined
  listed?: boolean | undefined
}

export interface ClickTriggerState extends TriggerState {
  readonly fact: Click & { readonly visitorId: string }
}

export interface ShareState extends TriggerState {
  readonly fact: Fact & {
    readonly advocateId: string
    readonly channel: string
    readonly code?: string | undefined
    readonly codeKey?: string | undefined
    readonly shareId?: string | undefined
  }
  listed?: boolean | undefined
}

export interface StoredCorrection extends Correction {
  readonly items?: readonly Item[] | undefined
  readonly refundId?: string | undefined
}

export interface ConversionFact extends Fact {
  readonly conversionId: string
  readonly amount: MoneyJson
  readonly customerId?: string | undefined
  readonly visitorId?: string | undefined
  readonly code?: string | undefined
  readonly codeKey?: string | undefined
  readonly kind?: string | undefined
  readonly country?: string | undefined
  readonly fxRate?: string | undefined
  readonly items?: readonly Item[] | undefined
}

/** A touch of a path as its rows name it. */
export interface StandingTouch extends Occurrence {
  readonly touchId: string
  readonly advocateId: string
  readonly channel: string
}

export interface ConversionState extends TriggerState {
  /** Undefined while only corrections of it have come. */
  fact?: ConversionFact | undefined
  amendments: StoredCorrection[]
  refunds: StoredCorrection[]
  /** Net amount that the rows of `conversions` add up to, minor units; undefined before the first row. */
  bookedNet?: string | undefined
  /** What the rows of `attributions` add up to. */
  standing?: { readonly version: number; readonly net: string; readonly path: readonly StandingTouch[] } | undefined
  /** Whether any attribution was ever written. */
  attributed?: boolean | undefined
  /** Whether the row of its coupon in `touches` is written. */
  listed?: boolean | undefined
  /** Rewards by hand that name it and came before it. */
  waiting?: HandReward[] | undefined
}

export interface CodeState {
  /** As it was issued; undefined while it is only known from a revocation. */
  issued?: { readonly code: string; readonly advocateId: string; readonly time: number } | undefined
  revocations: (Occurrence & { readonly advocateId: string })[]
  /** Of revocations that revoke nothing. */
  exclusions?: string[] | undefined
}

/** What was said of an advocate at a time; what is left out stays as it was. */
export interface AdvocateStatement extends Occurrence {
  readonly enrolled?: boolean | undefined
  readonly suspended?: boolean | undefined
  readonly kind?: string | undefined
  readonly customerId?: string | undefined
  readonly group?: string | undefined
  readonly parentAdvocateId?: string | undefined
  readonly attributes?: Record<string, unknown> | undefined
}

export interface AdvocateState {
  /** In order of their own time. */
  statements: AdvocateStatement[]
  /** Keys of the codes issued to the advocate. */
  codes: string[]
}

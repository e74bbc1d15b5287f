import {
  type CompiledTerms,
  type Credit,
  categoryShare,
  choosePath,
  digitsOf,
  type LostTouch,
  type Net,
  netOf,
  type Occasion,
  type PathTouch,
  parseRatio,
  type Ratio,
  type Revenue,
  split,
  type Touch,
  type TouchReason,
  weightsOf,
} from '@vouch/domain'
import { clickTouch, isFirstOfCustomer, previousConversionAt, signupTouch, touchBase, touchesOf } from './people.ts'
import type { Program } from './program.ts'
import { nameOf } from './rows.ts'
import type {
  ClickTriggerState,
  ConversionFact,
  ConversionState,
  Fact,
  ShareState,
  SignupState,
  StoredCorrection,
} from './state.ts'

/** What the facts about one trigger imply, as all that is known of its program now has it. Pure: it writes nothing. */
export interface Assessment {
  /** The version it falls under; undefined with `outOfAccount`. */
  readonly terms: CompiledTerms | undefined
  readonly outOfAccount: 'no-terms' | 'beyond-horizon' | undefined
  readonly path: readonly PathTouch[]
  readonly lost: readonly LostTouch[]
  readonly occasion: Occasion | undefined
}

export interface ConversionAssessment extends Assessment {
  readonly net: Net<StoredCorrection, StoredCorrection>
}

const nothing = (outOfAccount: Assessment['outOfAccount']): Assessment => ({
  terms: undefined,
  outOfAccount,
  path: [],
  lost: [],
  occasion: undefined,
})

export function assessConversion(program: Program, state: ConversionState, fact: ConversionFact): ConversionAssessment {
  const net = netOf(fact.amount, state.amendments, state.refunds)
  const terms = program.termsAt(fact.time)
  const outOfAccount = program.outOfAccount(fact)
  if (!terms || outOfAccount) return { ...nothing(outOfAccount), net }
  const previousAt = terms.touchReuse === 'all' ? undefined : previousConversionAt(program, fact, fact)
  const candidates = touchesOf(program, fact, terms)
  const coupon = couponTouch(fact)
  if (coupon) candidates.push(coupon)
  const consented = program.hasConsent(terms, fact.customerId, fact.time)
  const destination = { time: fact.time, customerId: fact.customerId, previousAt, consented }
  const { path, lost } = choosePath(destination, candidates, terms, program)
  const firstOfCustomer = fact.customerId !== undefined && isFirstOfCustomer(program, fact.customerId, fact)
  const occasion: Occasion = {
    trigger: 'conversion',
    customerId: fact.customerId,
    firstOfCustomer,
    revenue: revenueOf(state, fact, net, terms),
    credits: creditsOf(program, path, net.netMinor, terms, fact.time),
  }
  return { terms, outOfAccount, net, path, lost, occasion }
}

export function couponTouch(fact: ConversionFact): Touch | undefined {
  const { time, source, id, lateMs, codeKey } = fact
  if (codeKey === undefined) return undefined
  return { time, source, id, lateMs, touchId: nameOf('coupon', fact.conversionId), kind: 'coupon', codeKey }
}

function revenueOf(
  state: ConversionState,
  fact: ConversionFact,
  { originalMinor, grossMinor, netMinor, amendment, refunds }: ConversionAssessment['net'],
  terms: CompiledTerms,
): Revenue {
  const items = state.amendments.findLast((it) => it.items && it.amount.currency === fact.amount.currency)?.items
  return {
    netMinor,
    fullyRefunded: netMinor === 0n && (originalMinor > 0n || grossMinor > 0n),
    rate: rateOf(fact, terms.currency),
    country: fact.country,
    kind: fact.kind,
    categoryShare: (categories) =>
      categoryShare(grossMinor, amendment?.items ?? items ?? fact.items ?? [], refunds, categories),
  }
}

function rateOf({ amount, fxRate }: ConversionFact, currency: string): Ratio | undefined {
  if (amount.currency === currency) return { num: 1n, den: 1n }
  const rate = fxRate === undefined ? undefined : parseRatio(fxRate)
  if (!rate) return undefined
  const scale = (code: string) => 10n ** BigInt(digitsOf(code) ?? 0)
  return { num: rate.num * scale(currency), den: rate.den * scale(amount.currency) }
}

/** The advocates of a path with their shares under the model that pays, in order of their first touches. */
function creditsOf(
  program: Program,
  path: readonly PathTouch[],
  netMinor: bigint,
  terms: CompiledTerms,
  time: number,
): Credit[] {
  if (path.length === 0) return []
  const weights = weightsOf(
    terms.rewardBy,
    path.map((touch) => touch.time),
    terms,
  )
  const amounts = split(netMinor, weights)
  const credits = new Map<string, { weight: bigint; amountMinor: bigint }>()
  path.forEach(({ advocateId }, index) => {
    const credit = credits.get(advocateId) ?? { weight: 0n, amountMinor: 0n }
    credit.weight += weights[index] as bigint
    credit.amountMinor += amounts[index] as bigint
    credits.set(advocateId, credit)
  })
  return [...credits].flatMap(([advocateId, credit]) =>
    credit.weight > 0n ? [{ ...relationsOf(program, advocateId, time), ...credit }] : [],
  )
}

function relationsOf(program: Program, advocateId: string, time: number) {
  const parent = program.parentOf(advocateId, time)
  const parentId = parent === advocateId ? undefined : parent
  return { advocateId, parentId, parentSuspended: parentId !== undefined && program.isSuspended(parentId, time) }
}

/** A signup is brought by the owner of its code; without one, by the last touch before it; thrown out, by nobody. */
export function assessSignup(program: Program, state: SignupState): Assessment {
  const { fact } = state
  const own = signupTouch(state)
  const terms = program.termsAt(fact.time)
  const candidates = own ? [own] : terms ? touchesOf(program, fact, terms) : []
  const found = brought(program, fact, 'signup', fact.customerId, candidates)
  if (own || !found.occasion || !program.isDisqualified(fact)) return found
  const thrownOut = {
    ...touchBase(fact),
    touchId: nameOf('signup', fact.customerId),
    kind: 'signup',
    codeKey: '',
    reason: 'disqualified',
  } as const
  return { ...found, path: [], lost: [...found.lost, thrownOut], occasion: { ...found.occasion, credits: [] } }
}

export function assessClick(program: Program, { fact }: ClickTriggerState): Assessment {
  return brought(program, fact, 'click', undefined, [clickTouch(fact)])
}

/** A share is judged by its code, if it has one, else as its advocate's own doing. */
export function assessShare(program: Program, { fact }: ShareState): Assessment {
  if (fact.codeKey !== undefined) {
    return brought(program, fact, 'share', undefined, [shareTouch(fact, fact.codeKey)])
  }
  const terms = program.termsAt(fact.time)
  const outOfAccount = program.outOfAccount(fact)
  if (!terms || outOfAccount) return nothing(outOfAccount)
  const { advocateId } = fact
  const reason: TouchReason | undefined = program.isSuspended(advocateId, fact.time)
    ? 'advocate-suspended'
    : program.isDisqualified(fact)
      ? 'disqualified'
      : undefined
  const touch = shareTouch(fact, '')
  const lost = reason === undefined ? [] : [{ ...touch, reason }]
  return withCredit(
    program,
    fact,
    'share',
    undefined,
    terms,
    reason === undefined ? [{ ...touch, advocateId }] : [],
    lost,
  )
}

/** A share is no touch of any path; it is judged as if it were a click on its code. */
const shareTouch = (fact: ShareState['fact'], codeKey: string): Touch => {
  const { time, source, id, lateMs, channel } = fact
  return { time, source, id, lateMs, channel, touchId: nameOf('share', source, id), kind: 'click', codeKey }
}

function brought(
  program: Program,
  fact: Fact,
  trigger: Occasion['trigger'],
  customerId: string | undefined,
  candidates: readonly Touch[],
): Assessment {
  const terms = program.termsAt(fact.time)
  const outOfAccount = program.outOfAccount(fact)
  if (!terms || outOfAccount) return nothing(outOfAccount)
  // A click or a share is rewarded before anybody knows a customer who could consent.
  const consented = trigger !== 'signup' || program.hasConsent(terms, customerId, fact.time)
  const destination = { time: fact.time, customerId, previousAt: undefined, consented }
  const { path, lost } = choosePath(destination, candidates, terms, program)
  return withCredit(program, fact, trigger, customerId, terms, path.slice(-1), lost)
}

function withCredit(
  program: Program,
  fact: Fact,
  trigger: Occasion['trigger'],
  customerId: string | undefined,
  terms: CompiledTerms,
  path: readonly PathTouch[],
  lost: readonly LostTouch[],
): Assessment {
  const credits = path.map(({ advocateId }) => ({
    ...relationsOf(program, advocateId, fact.time),
    weight: 1n,
    amountMinor: 0n,
  }))
  const firstOfCustomer = customerId !== undefined && isFirstOfCustomer(program, customerId, fact)
  const occasion: Occasion = { trigger, customerId, firstOfCustomer, revenue: undefined, credits }
  return { terms, outOfAccount: undefined, path, lost, occasion }
}

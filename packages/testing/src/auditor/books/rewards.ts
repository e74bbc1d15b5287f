import { bookedUnder, dayAfter } from '../../oracle/audit.ts'
import { minorUnits } from '../../oracle/exact.ts'
import { type Fact, nameOf } from '../../oracle/log.ts'
import { factsOfType } from '../../oracle/program.ts'
import { advance, keyOf, nothingRewarded, type RewardState, type Standing } from '../../oracle/replay.ts'
import type { Claim, RuleOutcome } from '../../oracle/rewards.ts'
import { type CalledForRow, idOf, moneyText, rowOf, type Step, timeText } from './step.ts'

/** What the rows of `rewards` come to so far. */
export interface RewardBook {
  state: RewardState
  readonly byHand: Set<string>
  /** Keys of the rewards of which any row was ever written. */
  readonly accrued: Set<string>
}

export const emptyRewardBook = (): RewardBook => ({ state: nothingRewarded, byHand: new Set(), accrued: new Set() })

export function rewardsBy(step: Step, outcomes: readonly RuleOutcome[], book: RewardBook): CalledForRow[] {
  const before = new Map(book.state.standings.map((standing) => [keyOf(standing.claim), standing]))
  book.state = advance(book.state, outcomes)
  const changes = book.state.standings.flatMap((standing) => {
    const key = keyOf(standing.claim)
    return changeRows(step, before.get(key), standing, () => {
      const first = !book.accrued.has(key)
      book.accrued.add(key)
      return first
    })
  })
  return [...changes, ...handRows(step, book)]
}

/**
 * A reward that goes on under another version of the terms is taken back under the one and given under the other; what
 * the version changes in it is a further row.
 */
function changeRows(
  step: Step,
  before: Standing | undefined,
  { claim, paidMinor }: Standing,
  isFirst: () => boolean,
): CalledForRow[] {
  const rows: CalledForRow[] = []
  let standsMinor = before?.paidMinor ?? 0n
  const bringTo = (under: Claim, minor: bigint) => {
    const standing = count(minor) - count(standsMinor)
    if (minor !== standsMinor) rows.push(rewardRow(step, under, minor - standsMinor, standing, isFirst()))
    standsMinor = minor
  }
  if (before && before.claim.version.version !== claim.version.version) {
    bringTo(before.claim, 0n)
    bringTo(claim, before.paidMinor)
  }
  bringTo(claim, paidMinor)
  return rows
}

/** How many rewards an amount is. */
const count = (minor: bigint): number => (minor === 0n ? 0 : 1)

function rewardRow(step: Step, claim: Claim, minor: bigint, standing: number, first: boolean): CalledForRow {
  const { rule, role, beneficiary, trigger, version } = claim
  const { currency, holdDays } = version.terms
  return rowOf(step, 'rewards', {
    reward_id: idOf(rule.ruleId, trigger.type, ...identityOf(claim), role, beneficiary),
    rule_id: rule.ruleId,
    terms_version: String(version.version),
    beneficiary_id: beneficiary,
    role,
    conversion_id: trigger.type === 'conversion' ? trigger.data.conversionId : '',
    trigger: trigger.type,
    source: trigger.source,
    event_id: trigger.id,
    amount: moneyText(minor, currency),
    currency,
    entry: minor < 0n ? 'reversed' : first ? 'accrued' : 'adjusted',
    standing: String(standing),
    earned_at: timeText(trigger.time),
    available_on: dayAfter(trigger.time, holdDays),
  })
}

function identityOf({ trigger }: Claim): string[] {
  if (trigger.type === 'conversion') return [trigger.data.conversionId]
  return trigger.type === 'signup' ? [trigger.data.customerId] : [trigger.source, trigger.id]
}

/** Once, as soon as terms hold for its time and the conversion that it names is known. */
function handRows(step: Step, { byHand }: RewardBook): CalledForRow[] {
  return factsOfType(step.facts, 'reward.granted', 'reward.revoked').flatMap((fact) => {
    const version = byHand.has(nameOf(fact)) ? undefined : bookedUnder(step.facts, fact)
    if (version === undefined) return []
    byHand.add(nameOf(fact))
    return [handRow(step, fact, version.version, version.terms.holdDays)]
  })
}

function handRow(
  step: Step,
  fact: Fact<'reward.granted' | 'reward.revoked'>,
  version: number,
  holdDays: number,
): CalledForRow {
  const { advocateId, amount, conversionId } = fact.data
  const granted = fact.type === 'reward.granted'
  const minor = minorUnits(amount.value, amount.currency)
  return rowOf(step, 'rewards', {
    reward_id: idOf(granted ? 'granted' : 'revoked', fact.source, fact.id),
    rule_id: 'by-hand',
    terms_version: String(version),
    beneficiary_id: advocateId,
    role: 'advocate',
    conversion_id: conversionId,
    trigger: 'by-hand',
    source: fact.source,
    event_id: fact.id,
    amount: moneyText(granted ? minor : -minor, amount.currency),
    currency: amount.currency,
    entry: granted ? 'accrued' : 'reversed',
    standing: String(count(minor)),
    earned_at: timeText(fact.time),
    available_on: dayAfter(fact.time, granted ? holdDays : 0),
  })
}

import {
  compileTerms,
  formatMinor,
  type LostTouch,
  type Model,
  models,
  type PathTouch,
  partsOf,
  type RewardReason,
  type Touch,
} from '@vouch/domain'
import type { FoldState } from '@vouch/projector'
import { assessConversion, type ConversionAssessment } from './assess.ts'
import { conversionCase } from './conversion-case.ts'
import { circleOf } from './people.ts'
import { Program } from './program.ts'
import { duesOf, rewardReasons } from './rewards.ts'
import { creditText } from './rows.ts'
import type { ConversionFact, ConversionState } from './state.ts'

/** All that led to the rows of one conversion. Times are RFC 3339, amounts decimal strings. */
export interface Explanation {
  readonly programId: string
  readonly conversionId: string
  readonly occurredAt: string
  /** Why it is not taken into account at all, or null. */
  readonly excluded: string | null
  /** Version of the terms that it falls under, and the model that pays; null when excluded. */
  readonly terms: { readonly version: number; readonly rewardBy: Model; readonly effectiveFrom: string } | null
  readonly customerId: string | null
  readonly visitorId: string | null
  /** Visitors and customers whose touches counted. */
  readonly circle: { readonly visitors: readonly string[]; readonly customers: readonly string[] }
  readonly amount: {
    readonly original: string
    readonly gross: string
    readonly net: string
    readonly currency: string
    readonly corrections: readonly {
      kind: 'refund' | 'amendment'
      at: string
      amount: string
      source: string
      eventId: string
      effect: string
    }[]
  }
  /** Touches in the path, in order, with what each model gives them. */
  readonly path: readonly (ExplainedTouch & {
    readonly advocateId: string
    readonly models: Record<Model, { credit: string; amount: string }>
  })[]
  /** Touches that lost, each with its reason. */
  readonly lost: readonly (ExplainedTouch & { readonly reason: string })[]
  readonly rules: readonly ExplainedRule[]
}

interface ExplainedTouch {
  readonly touchId: string
  readonly kind: string
  readonly at: string
  readonly code: string
  readonly channel: string | null
  readonly source: string
  readonly eventId: string
}

export interface ExplainedRule {
  readonly ruleId: string
  readonly to: string
  /** Why it pays nothing, or why one beneficiary gets nothing. */
  readonly nothing: readonly { readonly beneficiaryId: string | null; readonly reason: RewardReason }[]
  readonly rewards: readonly {
    readonly beneficiaryId: string
    readonly amount: string
    readonly currency: string
    /** What the rule gives before caps; differs from the amount where a cap holds it down. */
    readonly beforeCaps: string
    readonly cappedBy: string | null
    readonly availableOn: string
  }[]
}

/** What the facts, as they now are, make of a conversion, and why; undefined for one that the log does not have. */
export function explainConversion(
  state: Pick<FoldState, 'get' | 'members' | 'keys'>,
  programId: string,
  conversionId: string,
): Explanation | undefined {
  const program = new Program(readOnly(state), programId)
  const conversion = program.conversion(conversionId)
  const { fact } = conversion
  if (!fact) return undefined
  const assessment = assessConversion(program, conversion, fact)
  const version = assessment.terms && program.self.versions[assessment.terms.version - 1]
  const { visitors, customers } = circleOf(program, fact)
  return {
    programId,
    conversionId,
    occurredAt: iso(fact.time),
    excluded: assessment.outOfAccount ?? null,
    terms: version
      ? {
          version: version.version,
          rewardBy: compileTerms(version).rewardBy,
          effectiveFrom: version.terms.effectiveFrom,
        }
      : null,
    customerId: fact.customerId ?? null,
    visitorId: fact.visitorId ?? null,
    circle: { visitors: [...visitors].sort(), customers: [...customers].sort() },
    amount: explainAmount(conversion, fact, assessment),
    path: explainPath(program, fact, assessment),
    lost: assessment.lost.map((touch) => ({ ...explainTouch(program, touch), reason: touch.reason })),
    rules: explainRules(program, conversion, fact),
  }
}

const iso = (ms: number): string => new Date(ms).toISOString()

const explainTouch = (program: Program, touch: Touch | PathTouch | LostTouch): ExplainedTouch => ({
  touchId: touch.touchId,
  kind: touch.kind,
  at: iso(touch.time),
  code: program.code(touch.codeKey).issued?.code ?? touch.codeKey,
  channel: touch.channel ?? null,
  source: touch.source,
  eventId: touch.id,
})

function explainAmount(
  state: ConversionState,
  fact: ConversionFact,
  { net }: ConversionAssessment,
): Explanation['amount'] {
  const { currency } = fact.amount
  const refusals = new Map(net.refused.map(({ correction, reason }) => [correction, reason]))
  const list = (kind: 'refund' | 'amendment', corrections: ConversionState['refunds']) =>
    corrections.map((it) => ({
      kind,
      at: iso(it.time),
      amount: `${it.amount.value} ${it.amount.currency}`,
      source: it.source,
      eventId: it.id,
      effect: refusals.get(it) ?? 'counts',
    }))
  return {
    original: formatMinor(net.originalMinor, currency),
    gross: formatMinor(net.grossMinor, currency),
    net: formatMinor(net.netMinor, currency),
    currency,
    corrections: [...list('amendment', state.amendments), ...list('refund', state.refunds)],
  }
}

function explainPath(
  program: Program,
  fact: ConversionFact,
  { terms, net, path }: ConversionAssessment,
): Explanation['path'] {
  if (!terms) return []
  const { currency } = fact.amount
  const parts = partsOf(
    net.netMinor,
    path.map((touch) => touch.time),
    terms,
  )
  return path.map((touch, index) => {
    const partOf = (model: Model) => {
      const part = parts.find((it) => it.touch === index && it.model === model)
      return { credit: creditText(part?.credit ?? 0n), amount: formatMinor(part?.amountMinor ?? 0n, currency) }
    }
    const byModel = Object.fromEntries(models.map((model) => [model, partOf(model)])) as Record<
      Model,
      ReturnType<typeof partOf>
    >
    return { ...explainTouch(program, touch), advocateId: touch.advocateId, models: byModel }
  })
}

function explainRules(program: Program, state: ConversionState, fact: ConversionFact): ExplainedRule[] {
  const trigger = conversionCase(program, state, fact)
  const dues = duesOf(trigger)
  const reasons = rewardReasons(dues)
  return dues.outcomes.map(({ rule }) => ({
    ruleId: rule.ruleId,
    to: rule.to,
    nothing: reasons
      .filter((it) => it.ruleId === rule.ruleId)
      .map(({ beneficiaryId, reason }) => ({ beneficiaryId: beneficiaryId ?? null, reason })),
    rewards: state.rewards
      .filter((unit) => unit.ruleId === rule.ruleId && unit.granted !== '0')
      .map((unit) => ({
        beneficiaryId: unit.beneficiaryId,
        amount: formatMinor(BigInt(unit.granted), unit.currency),
        currency: unit.currency,
        beforeCaps: formatMinor(BigInt(unit.raw), unit.currency),
        cappedBy: unit.cappedBy ?? null,
        availableOn: unit.availableOn,
      })),
  }))
}

/** Explaining must not change what it explains. */
function readOnly(state: Pick<FoldState, 'get' | 'members' | 'keys'>): FoldState {
  const refuse = () => {
    throw new Error('an explanation only reads, and not all there is')
  }
  return {
    get: (kind, key) => state.get(kind, key),
    members: (index, key) => state.members(index, key),
    keys: (kind, prefix) => state.keys(kind, prefix),
    scan: refuse,
    put: refuse,
    add: refuse,
    remove: refuse,
  }
}

import { compileTerms, formatMinor, type PathTouch, partsOf, timestamp } from '@vouch/domain'
import type { ConversionAssessment } from './assess.ts'
import type { Program } from './program.ts'
import { creditText, type Rows } from './rows.ts'
import type { ConversionFact, ConversionState, StandingTouch } from './state.ts'

type Standing = NonNullable<ConversionState['standing']>

interface Total {
  readonly version: number
  readonly model: string
  /** Whether it is the model that pays under that version. */
  readonly pays: boolean
  readonly touch: StandingTouch
  credit: bigint
  amountMinor: bigint
}

/**
 * Writes the difference between the parts that stand and those that the facts imply now. One rule serves refunds,
 * amendments, late touches, links and disqualifications; none has arithmetic of its own.
 */
export function bookAttributions(
  program: Program,
  state: ConversionState,
  fact: ConversionFact,
  { terms, net, path }: ConversionAssessment,
  rows: Rows,
  entry: 'refunded' | 'reattributed',
): void {
  const next: Standing | undefined = terms && {
    version: terms.version,
    net: net.netMinor.toString(),
    path: path.map(standingTouch),
  }
  if (sameStanding(state.standing, next)) return
  const totals = new Map<string, Total>()
  addParts(program, state.standing, totals, -1n)
  addParts(program, next, totals, 1n)
  for (const { version, model, pays, touch, credit, amountMinor } of totals.values()) {
    if (credit === 0n && amountMinor === 0n) continue
    rows.push('attributions', {
      conversion_id: fact.conversionId,
      model,
      advocate_id: touch.advocateId,
      touch_id: touch.touchId,
      channel: touch.channel,
      credit: creditText(credit),
      amount: formatMinor(amountMinor, fact.amount.currency),
      currency: fact.amount.currency,
      entry: state.attributed ? entry : 'attributed',
      terms_version: version,
      pays: pays ? 1 : 0,
      occurred_at: timestamp(rows.isCorrection() ? rows.cause.occurredAt : fact.time),
    })
  }
  if (totals.size > 0) state.attributed = true
  state.standing = next
}

const standingTouch = (touch: PathTouch): StandingTouch => ({
  time: touch.time,
  source: touch.source,
  id: touch.id,
  touchId: touch.touchId,
  advocateId: touch.advocateId,
  channel: touch.channel ?? '',
})

function sameStanding(a: Standing | undefined, b: Standing | undefined): boolean {
  if (!a || !b) return a === b
  if (a.version !== b.version || a.net !== b.net || a.path.length !== b.path.length) return false
  return a.path.every((touch, index) => touch.source === b.path[index]?.source && touch.id === b.path[index]?.id)
}

function addParts(program: Program, standing: Standing | undefined, totals: Map<string, Total>, sign: bigint): void {
  const version = standing && program.self.versions[standing.version - 1]
  if (!version) return
  const times = standing.path.map((touch) => touch.time)
  const terms = compileTerms(version)
  for (const part of partsOf(BigInt(standing.net), times, terms)) {
    const touch = standing.path[part.touch] as StandingTouch
    const key = `${standing.version} ${part.model} ${touch.touchId}`
    const total = totals.get(key) ?? {
      version: standing.version,
      model: part.model,
      pays: part.model === terms.rewardBy,
      touch,
      credit: 0n,
      amountMinor: 0n,
    }
    total.credit += sign * part.credit
    total.amountMinor += sign * part.amountMinor
    totals.set(key, total)
  }
}

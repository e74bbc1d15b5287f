import { minorUnits, split } from '../../oracle/exact.ts'
import { type Fact, models } from '../../oracle/log.ts'
import { weightsOf } from '../../oracle/models.ts'
import { pathTo } from '../../oracle/path.ts'
import { factsOfType, outOfAccount, versionAt } from '../../oracle/program.ts'
import { revenueOf } from '../../oracle/revenue.ts'
import {
  type CalledForRow,
  type Cells,
  creditText,
  dateOfSale,
  moneyText,
  rowOf,
  type Step,
  touchIdOf,
} from './step.ts'

/** What the rows of `conversions` and `attributions` come to so far, by conversion. */
export type RevenueBook = Map<string, Booked>

interface Booked {
  /** Undefined until the conversion is taken into account for the first time. */
  readonly netMinor: bigint | undefined
  readonly parts: ReadonlyMap<string, Part>
  readonly everAttributed: boolean
}

interface Part {
  readonly cells: Cells
  readonly credit: bigint
  readonly amountMinor: bigint
}

const nothing: Booked = { netMinor: undefined, parts: new Map(), everAttributed: false }

export function revenueBy(step: Step, book: RevenueBook): CalledForRow[] {
  return factsOfType(step.facts, 'conversion').flatMap((conversion) => {
    const { conversionId } = conversion.data
    const before = book.get(conversionId) ?? nothing
    const counts = outOfAccount(step.facts, conversion) === undefined
    const parts = counts ? partsOf(step, conversion) : new Map<string, Part>()
    const netMinor = counts
      ? revenueOf(step.facts, conversion).netMinor
      : before.netMinor === undefined
        ? undefined
        : 0n
    book.set(conversionId, { netMinor, parts, everAttributed: before.everAttributed || parts.size > 0 })
    return [...amountRows(step, conversion, before.netMinor, netMinor), ...partRows(step, conversion, before, parts)]
  })
}

/** At first what was converted and, where corrections came before it, what they make of it; later the difference. */
function amountRows(
  step: Step,
  conversion: Fact<'conversion'>,
  beforeMinor: bigint | undefined,
  netMinor: bigint | undefined,
): CalledForRow[] {
  if (netMinor === undefined) return []
  const { conversionId, customerId, visitorId, amount, kind, country } = conversion.data
  const row = (entry: string, minor: bigint): CalledForRow =>
    rowOf(step, 'conversions', {
      conversion_id: conversionId,
      customer_id: customerId,
      visitor_id: visitorId,
      entry,
      amount: moneyText(minor, amount.currency),
      currency: amount.currency,
      kind,
      country,
      occurred_at: dateOfSale(step, conversion),
    })
  const change = (entry: string, minor: bigint) => (minor === 0n ? [] : [row(entry, minor)])
  if (beforeMinor !== undefined) {
    return change(step.fact.type === 'refund' ? 'refunded' : 'amended', netMinor - beforeMinor)
  }
  const { grossMinor } = revenueOf(step.facts, conversion)
  const originalMinor = minorUnits(amount.value, amount.currency)
  return [
    row('converted', originalMinor),
    ...change('amended', grossMinor - originalMinor),
    ...change('refunded', netMinor - grossMinor),
  ]
}

function partsOf({ facts }: Step, conversion: Fact<'conversion'>): Map<string, Part> {
  const parts = new Map<string, Part>()
  const version = versionAt(facts, conversion.time)
  if (version === undefined) return parts
  const { netMinor, currency } = revenueOf(facts, conversion)
  const { touches } = pathTo(facts, conversion, version)
  for (const model of models) {
    const moments = touches.map((touch) => touch.fact.time)
    const weights = weightsOf(model, moments, version.terms)
    const credits = split(1_000_000_000n, weights)
    const amounts = split(netMinor, weights)
    for (const [index, { kind, advocateId, fact }] of touches.entries()) {
      const touchId = touchIdOf(kind, fact)
      const cells = {
        conversion_id: conversion.data.conversionId,
        model,
        advocate_id: advocateId,
        touch_id: touchId,
        channel: kind === 'click' && 'channel' in fact.data ? fact.data.channel : '',
        currency,
        terms_version: String(version.version),
        pays: model === version.terms.attribution.rewardBy ? '1' : '0',
      }
      const [credit = 0n, amountMinor = 0n] = [credits[index], amounts[index]]
      parts.set(`${version.version} ${model} ${touchId}`, { cells, credit, amountMinor })
    }
  }
  return parts
}

/** Of each touch under each model what its part has become more or less by; a part under other terms is another part. */
function partRows(
  step: Step,
  conversion: Fact<'conversion'>,
  { parts: before, everAttributed }: Booked,
  after: ReadonlyMap<string, Part>,
): CalledForRow[] {
  const { currency } = conversion.data.amount
  const entry = !everAttributed ? 'attributed' : step.fact.type === 'refund' ? 'refunded' : 'reattributed'
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((key) => {
    const [was, is] = [before.get(key), after.get(key)]
    const credit = (is?.credit ?? 0n) - (was?.credit ?? 0n)
    const amountMinor = (is?.amountMinor ?? 0n) - (was?.amountMinor ?? 0n)
    if (credit === 0n && amountMinor === 0n) return []
    const size = { credit: creditText(credit), amount: moneyText(amountMinor, currency) }
    return [
      rowOf(step, 'attributions', {
        ...(is ?? was)?.cells,
        ...size,
        entry,
        occurred_at: dateOfSale(step, conversion),
      }),
    ]
  })
}

import { reasonsForNothing } from '../../oracle/audit.ts'
import { reasonsAgainstEvent } from '../../oracle/events.ts'
import { nameOf, type SomeFact } from '../../oracle/log.ts'
import { pathTo } from '../../oracle/path.ts'
import { countedConversions, factsOfType, versionAt } from '../../oracle/program.ts'
import { keyOf, type Standing } from '../../oracle/replay.ts'
import type { RuleOutcome } from '../../oracle/rewards.ts'
import { type CalledForRow, type Cells, rowOf, type Step, touchIdOf } from './step.ts'

/** The exclusions that stand so far, by all that they say. */
export type ExclusionBook = Map<string, Cells>

/** What is excluded from here on, with sign 1, and what no longer is, with sign -1. */
export function exclusionsBy(
  step: Step,
  outcomes: readonly RuleOutcome[],
  standings: readonly Standing[],
  book: ExclusionBook,
): CalledForRow[] {
  const now = new Map(
    [...excludedEvents(step), ...lostTouches(step), ...disqualifiedTouches(step), ...unpaid(outcomes, standings)].map(
      (cells) => [JSON.stringify(cells), cells],
    ),
  )
  const gone = [...book].filter(([text]) => !now.has(text))
  const fresh = [...now].filter(([text]) => !book.has(text))
  for (const [text] of gone) book.delete(text)
  for (const [text, cells] of fresh) book.set(text, cells)
  return [
    ...gone.map(([, cells]) => rowOf(step, 'exclusions', { sign: '-1', ...cells })),
    ...fresh.map(([, cells]) => rowOf(step, 'exclusions', { sign: '1', ...cells })),
  ]
}

const cellsOf = (subject: string, reason: string | undefined, source: string, id: string, more: Cells = {}): Cells => ({
  subject,
  reason,
  source,
  event_id: id,
  touch_id: '',
  conversion_id: '',
  rule_id: '',
  beneficiary_id: '',
  ...more,
})

function excludedEvents({ facts }: Step): Cells[] {
  return facts.flatMap((fact) => {
    const [reason] = reasonsAgainstEvent(facts, fact as SomeFact)
    if (reason === undefined) return []
    const conversion_id = 'conversionId' in fact.data ? (fact.data.conversionId ?? '') : ''
    return [cellsOf('event', reason, fact.source, fact.id, { conversion_id })]
  })
}

function lostTouches({ facts }: Step): Cells[] {
  return countedConversions(facts).flatMap((conversion) => {
    const version = versionAt(facts, conversion.time)
    if (version === undefined) return []
    return pathTo(facts, conversion, version).lost.map(({ touch: { kind, fact }, reasons: [reason] }) =>
      cellsOf('touch', reason, fact.source, fact.id, {
        touch_id: touchIdOf(kind, fact),
        conversion_id: conversion.data.conversionId,
      }),
    )
  })
}

/** What an operator has thrown out, whether it has come already or not. */
function disqualifiedTouches({ facts }: Step): Cells[] {
  const thrownOut = new Map(factsOfType(facts, 'touch.disqualified').map(({ data }) => [nameOf(data), data]))
  return [...thrownOut.values()].map(({ source, id }) => cellsOf('touch', 'disqualified', source, id))
}

function unpaid(outcomes: readonly RuleOutcome[], standings: readonly Standing[]): Cells[] {
  const standingOf = new Map(standings.map((standing) => [keyOf(standing.claim), standing]))
  return outcomes.flatMap(({ rule, trigger, claims, named }) => {
    const conversion_id = trigger.type === 'conversion' ? trigger.data.conversionId : ''
    const cells = (reason: string | undefined, beneficiary_id = '') =>
      cellsOf('reward', reason, trigger.source, trigger.id, { conversion_id, rule_id: rule.ruleId, beneficiary_id })
    const empty = claims.flatMap((claim) => {
      const standing = standingOf.get(keyOf(claim))
      return standing?.paidMinor === 0n ? [cells(reasonsForNothing(standing)[0], claim.beneficiary)] : []
    })
    return [...named.map((reason) => cells(reason)), ...empty]
  })
}

import { compareOccurrence, compileTerms, type Occurrence } from '@vouch/domain'
import { listClick, listLinks, openClickTrigger } from './facts.ts'
import { triggersAround } from './people.ts'
import type { Program } from './program.ts'
import type { Rows } from './rows.ts'
import { caseOf, settleInSteps } from './settle.ts'
import type { Fact, VisitorState } from './state.ts'
import { refKey, refOf, type TriggerRef } from './trigger.ts'

/**
 * Judges anew all that terms which hold from a time on can change: what happened since, and, whenever it was, what hangs
 * on a link since then that counts only now, or no longer. That may be the whole program: it is done in steps, and
 * between two of them nothing is held but the names of the triggers.
 */
export function* judgeAnew(program: Program, from: number, rows: Rows): Generator<void> {
  const relinked = new Map<string, TriggerRef>()
  yield* listAnew(program, from, relinked, rows)
  const triggers: Trigger[] = []
  yield* findTriggers(program, from, triggers)
  for (const ref of relinked.values()) {
    yield
    const fact = caseOf(program, ref)?.fact
    if (fact && fact.time < from) triggers.push({ time: fact.time, source: fact.source, id: fact.id, ref })
  }
  triggers.sort(compareOccurrence)
  yield* settleInSteps(program, triggers, rows)
}

interface Trigger extends Occurrence {
  readonly ref: TriggerRef
}

/** Clicks and links since then get the rows that they now have. Notes what hangs on a link that counts anew or no longer. */
function* listAnew(program: Program, from: number, relinked: Map<string, TriggerRef>, rows: Rows): Generator<void> {
  const paidForClicks = program.self.versions.some((version) =>
    compileTerms(version).rules.some(({ trigger }) => trigger === 'click'),
  )
  for (const [visitorId, seen] of program.scan<VisitorState>('visitor')) {
    yield
    for (const statement of seen.links) {
      if (!isLateAnew(program, statement)) continue
      const who = { visitorId, customerId: statement.customerId }
      for (const ref of triggersAround(program, who)) relinked.set(refKey(ref), ref)
    }
    if (!mayBeListed(program, seen, from, paidForClicks)) continue
    const visitor = program.visitor(visitorId)
    for (const click of visitor.clicks) {
      if (click.time < from) continue
      listClick(program, visitorId, visitor, click, rows)
      openClickTrigger(program, visitorId, click)
    }
    listLinks(program, visitorId, visitor, rows)
    program.save('visitor', visitorId, visitor)
  }
}

/** A click that has its row keeps it, unless it is too late all at once. */
function mayBeListed(program: Program, { clicks, links }: VisitorState, from: number, paidForClicks: boolean): boolean {
  const since = clicks.filter(({ time }) => time >= from)
  if (paidForClicks && since.length > 0) return true
  if (links.some(({ time, unlisted }) => unlisted && time >= from)) return true
  return since.some((click) => !click.listed || isLateAnew(program, click))
}

/** Whether a fact is too late under the newest terms and was not under those before, or the other way around. */
function isLateAnew(program: Program, fact: Fact): boolean {
  if (fact.lateMs === undefined) return false
  return program.isTooLate(fact) !== program.isTooLate(fact, program.self.versions.slice(0, -1))
}

function* findTriggers(program: Program, from: number, found: Trigger[]): Generator<void> {
  for (const kind of ['click', 'share', 'signup', 'conversion'] as const) {
    for (const [key, { fact }] of program.scan<{ readonly fact?: Fact }>(kind)) {
      yield
      if (fact === undefined || fact.time < from) continue
      found.push({ time: fact.time, source: fact.source, id: fact.id, ref: refOf(`${kind}\n${key}`) })
    }
  }
}

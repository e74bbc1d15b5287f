import { compareOccurrence, compileTerms } from '@vouch/domain'
import { pagesOf } from './clicks.ts'
import { listClick, listLinks, openClickTrigger } from './facts.ts'
import { triggersAround } from './people.ts'
import type { Program } from './program.ts'
import type { Rows } from './rows.ts'
import { settleInSteps } from './settle.ts'
import type { Click, Fact, VisitorState } from './state.ts'
import { refKey, refOf } from './trigger.ts'
import { inOrder, type Trigger, triggerOf, triggersHeld, triggersNamed } from './trigger-order.ts'

/**
 * Judges anew all that terms which hold from a time on can change: what happened since, and, whenever it was, what hangs
 * on a link since then that counts only now, or no longer. That may be the whole program: it is done in steps, and
 * between two of them nothing is held but the names of so many triggers.
 */
export function* judgeAnew(program: Program, from: number, rows: Rows, held = triggersHeld): Generator<void> {
  const relinked = new Set<string>()
  yield* listAnew(program, from, relinked, rows)
  const before: Trigger[] = []
  for (const trigger of triggersNamed(program, relinked)) {
    yield
    if (trigger && trigger.time < from) before.push(trigger)
  }
  before.sort(compareOccurrence)
  const since = inOrder(() => triggersSince(program, from), held)
  yield* settleInSteps(
    program,
    function* () {
      yield* before
      yield* since()
    },
    rows,
  )
}

/** Clicks and links since then get the rows that they now have. Notes what hangs on a link that counts anew or no longer. */
function* listAnew(program: Program, from: number, relinked: Set<string>, rows: Rows): Generator<void> {
  const paidForClicks = program.self.versions.some((version) =>
    compileTerms(version).rules.some(({ trigger }) => trigger === 'click'),
  )
  for (const [visitorId, seen] of program.scan<VisitorState>('visitor')) {
    yield
    for (const statement of seen.links) {
      if (!isLateAnew(program, statement)) continue
      const who = { visitorId, customerId: statement.customerId }
      for (const ref of triggersAround(program, who)) relinked.add(refKey(ref))
    }
    const mayBeListed = (click: Click) => click.time >= from && (paidForClicks || isListedAnew(program, click))
    if (seen.older || seen.clicks.some(mayBeListed)) {
      for (const page of pagesOf(program, visitorId, from)) {
        if (!page.clicks.some(mayBeListed)) continue
        for (const click of page.clicks) {
          if (click.time < from) continue
          listClick(program, visitorId, page, click, rows)
          openClickTrigger(program, visitorId, click)
        }
        page.save()
        yield
      }
    }
    if (!seen.links.some(({ time, unlisted }) => unlisted && time >= from)) continue
    const visitor = program.visitor(visitorId)
    listLinks(program, visitorId, visitor, rows)
    program.save('visitor', visitorId, visitor)
  }
}

/** A click that has its row keeps it, unless it is too late all at once. */
const isListedAnew = (program: Program, click: Click): boolean => !click.listed || isLateAnew(program, click)

/** Whether a fact is too late under the newest terms and was not under those before, or the other way around. */
function isLateAnew(program: Program, fact: Fact): boolean {
  if (fact.lateMs === undefined) return false
  return program.isTooLate(fact) !== program.isTooLate(fact, program.self.versions.slice(0, -1))
}

/** All triggers since a time, in no order; undefined for each other one. */
function* triggersSince(program: Program, from: number): Generator<Trigger | undefined> {
  for (const kind of ['click', 'share', 'signup', 'conversion'] as const) {
    for (const [key, { fact }] of program.scan<{ readonly fact?: Fact }>(kind)) {
      yield fact === undefined || fact.time < from ? undefined : triggerOf(fact, refOf(`${kind}\n${key}`))
    }
  }
}

import { compareOccurrence, compileTerms, type Occurrence } from '@vouch/domain'
import { listClick, listLinks, openClickTrigger } from './facts.ts'
import { triggersAround } from './people.ts'
import type { Program } from './program.ts'
import type { Rows } from './rows.ts'
import { caseOf, settleInSteps } from './settle.ts'
import type { Fact, VisitorState } from './state.ts'
import { refKey, refOf, type TriggerRef } from './trigger.ts'

/** Of so many triggers names and times are held at once, or of twice as many while they are looked for. */
export const triggersHeld = 2 ** 17

/**
 * Judges anew all that terms which hold from a time on can change: what happened since, and, whenever it was, what hangs
 * on a link since then that counts only now, or no longer. That may be the whole program: it is done in steps, and
 * between two of them nothing is held but the names of so many triggers.
 */
export function* judgeAnew(program: Program, from: number, rows: Rows, held = triggersHeld): Generator<void> {
  const relinked = new Map<string, TriggerRef>()
  yield* listAnew(program, from, relinked, rows)
  const before: Trigger[] = []
  for (const ref of relinked.values()) {
    yield
    const fact = caseOf(program, ref)?.fact
    if (fact && fact.time < from) before.push(triggerOf(fact, ref))
  }
  before.sort(compareOccurrence)
  const since = triggersSince(program, from, held)
  yield* settleInSteps(
    program,
    function* () {
      yield* before
      yield* since()
    },
    rows,
  )
}

interface Trigger extends Occurrence {
  readonly ref: TriggerRef
}

const triggerOf = ({ time, source, id }: Fact, ref: TriggerRef): Trigger => ({ time, source, id, ref })

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

/**
 * Triggers since a time, in the order of the contract, however often they are asked for; with steps between them. Where there
 * are more than may be held, the state is looked through again for those that come next.
 */
function triggersSince(program: Program, from: number, held: number): () => Generator<Trigger | undefined> {
  let all: readonly Trigger[] | undefined
  return function* () {
    if (all) return yield* all
    let last: Trigger | undefined
    do {
      const { found, isRest } = yield* findTriggers(program, from, last, held)
      if (isRest && last === undefined) all = found
      yield* found
      last = isRest ? undefined : found.at(-1)
    } while (last)
  }
}

/** Those that come next, at most so many, and whether these are all. */
function* findTriggers(
  program: Program,
  from: number,
  after: Trigger | undefined,
  held: number,
): Generator<undefined, { readonly found: readonly Trigger[]; readonly isRest: boolean }> {
  const found: Trigger[] = []
  let isRest = true
  const keepFirst = () => {
    found.sort(compareOccurrence)
    if (found.length <= held) return
    found.length = held
    isRest = false
  }
  for (const kind of ['click', 'share', 'signup', 'conversion'] as const) {
    for (const [key, { fact }] of program.scan<{ readonly fact?: Fact }>(kind)) {
      yield
      if (fact === undefined || fact.time < from) continue
      const trigger = triggerOf(fact, refOf(`${kind}\n${key}`))
      if (after && compareOccurrence(trigger, after) <= 0) continue
      found.push(trigger)
      if (found.length >= 2 * held) keepFirst()
    }
  }
  keepFirst()
  return { found, isRest }
}

import { compareOccurrence, type Occurrence } from '@vouch/domain'
import type { Program } from './program.ts'
import type { Click, OlderClicks } from './state.ts'

/** So many clicks of a visitor are one value of the state; more are kept in pages, so that none is ever read or written whole. */
export const clicksOnPage = 512

/** Some of a visitor's clicks that follow one another, in order. */
export interface Page {
  readonly clicks: Click[]
  /** Keeps them as they are now, as two pages if they have become too many. */
  save(): void
}

/** The page that a click of the visitor belongs on. */
export function pageFor(program: Program, visitorId: string, own: Occurrence): Page {
  const { older = [] } = program.visitor(visitorId)
  return read(program, visitorId, older[placeOf(older, own)])
}

/** The pages on which the visitor's clicks of that time are, in order; each is read when its turn comes. */
export function* pagesOf(
  program: Program,
  visitorId: string,
  since = Number.NEGATIVE_INFINITY,
  until = Number.POSITIVE_INFINITY,
): Generator<Page> {
  for (const older of [...(program.visitor(visitorId).older ?? [])]) {
    if (older.before.time >= since) yield read(program, visitorId, older)
    if (older.before.time > until) return
  }
  yield read(program, visitorId, undefined)
}

/**
 * Whether no other click of the visitor on that day, UTC, has its row in `touches`.
 * @param page the one that the click is on, with all that has changed on it and is not saved yet
 */
export function isFirstOfDay(program: Program, visitorId: string, page: Page, own: Occurrence): boolean {
  const day = dayOf(own.time)
  // From the click outwards: mostly the one before it has its row, or is of another day.
  for (const step of [-1, 1] as const) {
    for (const { time, listed } of neighbours(program, visitorId, page, own, step)) {
      if (dayOf(time) !== day) break
      if (listed) return false
    }
  }
  return true
}

const dayOf = (time: number): number => Math.floor(time / 86_400_000)

/** The other clicks from one on, nearest first, backwards or forwards. */
function* neighbours(program: Program, visitorId: string, page: Page, own: Occurrence, step: -1 | 1): Generator<Click> {
  const { older = [] } = program.visitor(visitorId)
  const place = placeOf(older, own)
  const further = step > 0 ? older.length - place : place
  for (let away = 0; away <= further; away++) {
    const { clicks } = away === 0 ? page : read(program, visitorId, older[place + step * away])
    for (const click of step > 0 ? clicks : clicks.toReversed()) {
      if (compareOccurrence(click, own) * step > 0) yield click
    }
  }
}

/** Mostly the newest page, which comes after all that are older. */
const placeOf = (older: readonly OlderClicks[], own: Occurrence): number =>
  older.findLastIndex(({ before }) => compareOccurrence(before, own) <= 0) + 1

/** @param older undefined is the newest page */
function read(program: Program, visitorId: string, older: OlderClicks | undefined): Page {
  const visitor = program.visitor(visitorId)
  const keyOf = (page: number) => program.key(visitorId, String(page))
  const clicks = older ? (program.state.get<Click[]>('older-clicks', keyOf(older.page)) ?? []) : visitor.clicks
  const save = () => {
    if (clicks.length > program.clicksOnPage) {
      const pages = visitor.older ?? []
      const page = pages.length
      program.state.put('older-clicks', keyOf(page), clicks.splice(0, clicks.length >> 1))
      const { time, source, id } = clicks[0] as Click
      const place = older ? pages.findIndex((it) => it.page === older.page) : pages.length
      visitor.older = pages.toSpliced(place, 0, { page, before: { time, source, id } })
      program.save('visitor', visitorId, visitor)
    }
    if (older) program.state.put('older-clicks', keyOf(older.page), clicks)
    else program.save('visitor', visitorId, visitor)
  }
  return { clicks, save }
}

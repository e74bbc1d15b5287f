import { parseDuration } from '@vouch/domain'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { click, codeIssued, conversion, logOf, ndjson, noon, type Sent, share, terms } from '../fixtures.ts'
import type { ImportOptions } from './options.ts'
import { openWorkspace, type Workspace } from './workspace.ts'

let here: Workspace
beforeEach(async () => {
  here = await openWorkspace()
})
afterEach(() => here.remove())

const day = 86_400_000
const hour = 3_600_000

/** Ten days' horizon. */
const tenDays = (id = 't-1', time = noon - 100 * day) =>
  terms(id, time, { attribution: { horizon: '10d' }, effectiveFrom: '2025-01-01T00:00:00Z' })

/** What is in the log before the import at hand; the clock of the program is then noon. */
async function logged(...events: readonly Sent[]): Promise<void> {
  await here.write('logged.ndjson', ndjson(events))
  await here.run(['logged.ndjson'], { acceptLate: true })
}

async function tryImport(events: readonly Sent[], options: Partial<ImportOptions> = {}) {
  await here.write('a.ndjson', ndjson(events))
  const before = (await logOf(here.store)).length
  const outcome = await here.run(['a.ndjson'], options).catch(() => undefined)
  if (outcome !== undefined) return { tag: 'imported', appended: outcome.appended, duplicate: outcome.duplicate }
  expect((await logOf(here.store)).length).toBe(before)
  const failure = await here.fail(['a.ndjson'], options)
  if (failure.tag !== 'beyond-horizon') throw new Error(failure.message)
  return {
    tag: failure.tag,
    count: failure.count,
    late: failure.first.map(({ line, id, lateMs }) => [line, id, lateMs]),
  }
}

const imported = (appended: number, duplicate = 0) => ({ tag: 'imported', appended, duplicate })

describe('facts beyond the horizon', () => {
  it('stop an import before anything is appended, and are named', async () => {
    await logged(tenDays(), click('now'))
    const late = Array.from({ length: 7 }, (_, index) => click(`late-${index}`, noon - 12 * day - (7 - index) * hour))
    await here.write('a.ndjson', ndjson([click('fresh', noon - day), ...late]))
    const first = [0, 1, 2, 3, 4].map((index) => ({
      file: 0,
      line: index + 2,
      id: `late-${index}`,
      programId: 'summer',
      lateMs: 12 * day + (7 - index) * hour,
      horizonMs: 10 * day,
    }))
    expect(await here.fail(['a.ndjson'])).toEqual({
      tag: 'beyond-horizon',
      count: 7,
      first,
      message: `7 facts would come too late to be taken into account, so nothing was imported. Add --accept-late to keep what is too late as exclusions:
  a.ndjson:2 late-0: 12d 7h behind the clock of summer, whose horizon is 10d
  a.ndjson:3 late-1: 12d 6h behind the clock of summer, whose horizon is 10d
  a.ndjson:4 late-2: 12d 5h behind the clock of summer, whose horizon is 10d
  a.ndjson:5 late-3: 12d 4h behind the clock of summer, whose horizon is 10d
  a.ndjson:6 late-4: 12d 3h behind the clock of summer, whose horizon is 10d
  and 2 more`,
    })
    expect((await logOf(here.store)).length).toBe(2)
    expect(await here.names()).toEqual(['a.ndjson', 'logged.ndjson'])
    expect(await here.run(['a.ndjson'], { acceptLate: true })).toMatchObject({ read: 8, appended: 8 })
  })

  it('are those strictly beyond it', async () => {
    await logged(tenDays(), click('now'))
    expect(await tryImport([click('a', noon - 10 * day - 1)])).toEqual({
      tag: 'beyond-horizon',
      count: 1,
      late: [[1, 'a', 10 * day + 1]],
    })
    expect(await tryImport([click('a', noon - 10 * day)])).toEqual(imported(1))
  })

  it('are clicks, shares, signups and conversions, and nothing else', async () => {
    await logged(tenDays(), click('now'))
    const past = noon - 20 * day
    const signup = { ...click('s', past), type: 'vouch.signup.v1', data: { programId: 'summer', customerId: 'c' } }
    expect(await tryImport([click('a', past), share('b', past), conversion('c', past), signup])).toMatchObject({
      count: 4,
    })
    const link = {
      ...click('l', past),
      type: 'vouch.identities.linked.v1',
      data: { programId: 'summer', visitorId: 'v', customerId: 'c' },
    }
    const refund = {
      ...click('r', past),
      type: 'vouch.refund.v1',
      data: { programId: 'summer', refundId: 'r', conversionId: 'c', amount: { value: '1', currency: 'EUR' } },
    }
    expect(
      await tryImport([
        link,
        refund,
        codeIssued('k', 'X'),
        { ...codeIssued('k2', 'Y'), time: new Date(past).toISOString() },
      ]),
    ).toEqual(imported(4))
  })

  it('are measured by the terms in force at their own time', async () => {
    const shorter = terms('t-2', noon - 40 * day, {
      attribution: { horizon: '5d' },
      effectiveFrom: new Date(noon - 8 * day).toISOString(),
    })
    await logged(tenDays(), shorter, click('now'))
    const events = [click('old terms', noon - 9 * day), click('new terms', noon - 7 * day)].map((event) => ({
      ...event,
      id: event.id.replace(' ', '-'),
    }))
    expect(await tryImport(events)).toEqual({ tag: 'beyond-horizon', count: 1, late: [[2, 'new-terms', 7 * day]] })
  })

  it('do not exist before there are terms, nor before the first of them took effect', async () => {
    await logged(click('now'))
    expect(await tryImport([click('a', noon - 50 * day)])).toEqual(imported(1))
    await logged(
      terms('t-1', noon - day, {
        attribution: { horizon: '10d' },
        effectiveFrom: new Date(noon - 30 * day).toISOString(),
      }),
    )
    expect(await tryImport([click('b', noon - 50 * day)])).toEqual(imported(1))
    expect(await tryImport([click('c', noon - 20 * day)])).toMatchObject({ count: 1 })
  })

  it('are measured by terms that come within the import, also after them', async () => {
    await logged(click('now'))
    expect(await tryImport([click('a', noon - 20 * day), tenDays('t-1', noon - day)])).toMatchObject({ count: 1 })
    expect(await tryImport([tenDays('t-1', noon - 30 * day), click('a', noon - 20 * day)])).toMatchObject({ count: 1 })
  })

  it('are measured by new terms of the import from where these come on', async () => {
    await logged(tenDays(), click('now'))
    const shorter = terms('t-2', noon - 6 * day, {
      attribution: { horizon: '2d' },
      effectiveFrom: new Date(noon - 6 * day).toISOString(),
    })
    const events = [click('before', noon - 5 * day - 1), shorter, click('after', noon - 5 * day)]
    expect(await tryImport(events, { order: 'file' })).toEqual({
      tag: 'beyond-horizon',
      count: 1,
      late: [[3, 'after', 5 * day]],
    })
  })

  it('are measured by terms of the import in the order in which these are published', async () => {
    await logged(click('now'))
    const second = terms('t-2', noon - day, { effectiveFrom: new Date(noon).toISOString() })
    const events = [second, click('a', noon - 20 * day), tenDays('t-1', noon - 19 * day)]
    expect(await tryImport(events)).toMatchObject({ tag: 'beyond-horizon', count: 1 })
  })

  it('are measured for each program by its own clock', async () => {
    await logged(tenDays(), click('now'))
    const other = (event: Sent) => ({ ...event, data: { ...event.data, programId: 'winter' } })
    expect(await tryImport([other({ ...tenDays(), id: 'w' }), other(click('a', noon - 20 * day))])).toEqual(imported(2))
  })

  it('are not made by an event in the future: the clock never passes the time of recording', async () => {
    await logged(tenDays())
    const future = click('future', noon + 20 * hour)
    expect(await tryImport([future, click('a', noon - 10 * day)], { order: 'file' })).toEqual(imported(2))
  })
})

describe('importing again', () => {
  const history = Array.from({ length: 30 }, (_, index) => click(`h-${index}`, noon - (30 - index) * day))

  it('is never late: all are duplicates, in order and shuffled', async () => {
    expect(await tryImport([tenDays(), ...history])).toEqual(imported(31))
    expect(await tryImport([tenDays(), ...history])).toEqual(imported(0, 31))
    expect(await tryImport([...history.toReversed(), tenDays()])).toEqual(imported(0, 31))
    expect(await tryImport([tenDays(), ...history], { order: 'file' })).toEqual(imported(0, 31))
    expect(await tryImport([...history.toReversed(), tenDays()], { order: 'file' })).toEqual(imported(0, 31))
  })

  it('is not late within one import, either', async () => {
    expect(await tryImport([tenDays(), ...history, ...history])).toEqual(imported(31, 30))
    const there = await openWorkspace()
    try {
      await there.write('a.ndjson', ndjson([tenDays(), ...history]))
      expect(await there.run(['a.ndjson', 'a.ndjson'], { order: 'file' })).toMatchObject({
        appended: 31,
        duplicate: 31,
      })
    } finally {
      await there.remove()
    }
  })

  it('is a conflict and not late where the content differs', async () => {
    await logged(tenDays(), ...history)
    const other = history.map((event) => ({ ...event, data: { ...event.data, visitorId: 'v-2' } }))
    expect(await tryImport(other)).toEqual(imported(0, 0))
    expect((await here.rejects())?.length).toBe(30)
  })

  it('names what is late beside it, and that once', async () => {
    await logged(tenDays(), ...history)
    const late = click('late', noon - 25 * day)
    expect(await tryImport([...history, late, late])).toEqual({
      tag: 'beyond-horizon',
      count: 1,
      late: [[31, 'late', 24 * day]],
    })
  })
})

describe('in the order of the file', () => {
  it('a fact is late behind those before it', async () => {
    const events = [
      tenDays(),
      click('a', noon - 20 * day),
      click('b', noon),
      click('c', noon - 20 * day),
      click('d', noon - 11 * day),
    ]
    expect(await tryImport(events, { order: 'file' })).toEqual({
      tag: 'beyond-horizon',
      count: 2,
      late: [
        [4, 'c', 20 * day],
        [5, 'd', 11 * day],
      ],
    })
    expect(await tryImport(events)).toEqual(imported(5))
  })

  it('agrees with a simple simulation, for any memory', async () => {
    const fact = fc
      .tuple(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 40 }))
      .map(([n, daysAgo]) => click(`c-${n}-${daysAgo}`, noon - daysAgo * day))
    const horizon = parseDuration('10d') as number
    await fc.assert(
      fc.asyncProperty(
        fc.array(fact, { maxLength: 10 }),
        fc.array(fact, { maxLength: 25 }),
        fc.constantFrom(1, 1e6),
        async (before, events, memoryBytes) => {
          const there = await openWorkspace()
          try {
            await there.write('before.ndjson', ndjson([tenDays(), ...before]))
            await there.run(['before.ndjson'])
            const known = new Set(before.map(({ id }) => id))
            let clock = Math.max(Number.NEGATIVE_INFINITY, ...before.map(({ time }) => Date.parse(time)))
            const late: string[] = []
            for (const { id, time } of events) {
              if (!known.has(id) && clock - Date.parse(time) > horizon) late.push(id)
              known.add(id)
              clock = Math.max(clock, Date.parse(time))
            }
            await there.write('a.ndjson', ndjson(events))
            const options = { order: 'file', memoryBytes } as const
            if (late.length === 0) expect(await there.run(['a.ndjson'], options)).toMatchObject({ read: events.length })
            else {
              expect(await there.fail(['a.ndjson'], options)).toMatchObject({
                tag: 'beyond-horizon',
                count: late.length,
                first: late.slice(0, 5).map((id) => ({ id })),
              })
            }
          } finally {
            await there.remove()
          }
        },
      ),
      { numRuns: 60 },
    )
  })
})

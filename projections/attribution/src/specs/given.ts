import { parseEvent } from '@vouch/domain'
import type { Row } from '@vouch/projector'
import type { LoggedEvent } from '@vouch/testing'
import { isLeft } from 'fp-ts/lib/Either.js'
import { expect } from 'vitest'
import { fold } from '../fold.ts'
import { replay } from './replay.ts'
import { restoringState } from './restoring.ts'
import { type Standing, standing } from './standing.ts'
import { logOf, type Told } from './story.ts'

/** Some events; lists in lists are laid flat. */
export type Story = readonly (Told | readonly Told[])[]

/** A row as a spec expects it: its table, and the columns that matter. Columns may be left out, rows may not. */
export type Expected = { readonly table: string } & Readonly<Record<string, unknown>>

export interface Outcome {
  /** All rows that the events of `when` lead to, in their order. */
  then(...expected: readonly Expected[]): void
  /** All rows of one table that the events of `when` lead to, in their order. */
  thenIn(table: string, ...expected: readonly Readonly<Record<string, unknown>>[]): void
  /** What the rows of the whole log add up to; views that are not named are not looked at. */
  stands(expected: Partial<Standing>): void
}

export interface Beginning extends Outcome {
  when(...story: Story): Outcome
}

/**
 * Tells a story and holds the fold to the rows that it leads to. Each log is folded twice, the second time with a state
 * that goes through JSON, and both times must give the same rows.
 */
export function given(...before: Story): Beginning {
  const first = before.flat()
  const outcomeOf = (story: readonly Told[], from: number): Outcome => {
    const ofWhen = (): PlacedRow[] => rowsOf(logOf(story)).filter((row) => row.position > from)
    return {
      // biome-ignore lint/suspicious/noThenProperty: it is the word of such specs, and nobody awaits them
      then: (...expected) => compare(ofWhen(), expected),
      thenIn: (table, ...expected) =>
        compare(
          ofWhen().filter((row) => row.table === table),
          expected.map((columns) => ({ table, ...columns })),
        ),
      stands(expected) {
        const seen = standing(rowsOf(logOf(story)))
        const views = Object.keys(expected) as (keyof Standing)[]
        expect(Object.fromEntries(views.map((view) => [view, seen[view]]))).toStrictEqual(expected)
      },
    }
  }
  return {
    ...outcomeOf(first, 0),
    when: (...after) => outcomeOf([...first, ...after.flat()], first.length),
  }
}

type PlacedRow = Row & { readonly position: number }

/** Folds a log twice, the second time with a state that is restored from JSON whenever it is looked at. */
export function rowsOf(log: readonly LoggedEvent[]): PlacedRow[] {
  const rows = replay(log)
  expect(textOf(restored(log)), 'rows with a restored state, beside those with a live one').toStrictEqual(textOf(rows))
  return rows
}

const textOf = (rows: readonly PlacedRow[]): string[] => rows.map((row) => JSON.stringify(row))

function restored(log: readonly LoggedEvent[]): PlacedRow[] {
  const state = restoringState()
  return log.flatMap(({ position, recordedAt, event }) => {
    const wire = { specversion: '1.0', ...event, time: new Date(event.time).toISOString() }
    const parsed = parseEvent(wire, event.time)
    if (isLeft(parsed)) throw new Error(`${event.type} ${event.id}: ${parsed.left.field} ${parsed.left.reason}`)
    const rows = fold(state, { position: BigInt(position), recordedAt, event: parsed.right })
    state.endEvent()
    return rows.map((row) => ({ ...row, position }))
  })
}

/** Each row is shown with the columns of the expectation in its place, or of the first for its table, or with all. */
function compare(rows: readonly PlacedRow[], expected: readonly Expected[]): void {
  const seen = rows.map(({ table, values, position }, index) => {
    const own = expected[index]
    const like = own?.table === table ? own : expected.find((row) => row.table === table)
    const columns: Record<string, unknown> = { ...values, position }
    if (!like) return { table, ...values }
    const named = Object.keys(like).filter((column) => column in columns)
    return { ...Object.fromEntries(named.map((column) => [column, columns[column]])), table }
  })
  expect(seen).toStrictEqual(expected)
}

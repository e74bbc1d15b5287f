import { type Spread, spreadOf } from './stats.ts'

export type Unit =
  | 'ratio'
  | 'events/s'
  | 'requests/s'
  | 'ms'
  | 's'
  | 'MiB'
  | 'bytes/event'
  | 'CPU s/1M events'
  | 'CPUs'
  | 'rows'
  | 'visitors'

/** One figure at one size of the log. */
export interface Figure {
  /** What goals and charts know it by, such as `append/1000/of-raw`. */
  readonly name: string
  readonly label: string
  readonly unit: Unit
  /** Events in the log. */
  readonly events: number
  /** One for each run. */
  readonly values: readonly number[]
}

/** A figure as it is kept and shown. */
export interface Kept extends Figure, Spread {
  /** The day it was measured, such as 2026-11-28. */
  readonly day: string
}

export const keep = (figure: Figure, day: string): Kept => ({ ...figure, ...spreadOf(figure.values), day })

/** Newer figures take the place of older ones of the same name and size; others stay. */
export function merged(older: readonly Kept[], newer: readonly Kept[]): Kept[] {
  const nameOf = ({ name, events }: Kept) => `${name} ${events}`
  const replaced = new Set(newer.map(nameOf))
  return [...older.filter((figure) => !replaced.has(nameOf(figure))), ...newer]
}

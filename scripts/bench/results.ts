import { existsSync, readFileSync } from 'node:fs'
import { type Kept, merged } from './figure.ts'
import { goals, standingOf } from './goals.ts'
import type { Machine } from './machine.ts'

/** What one or several runs of the benchmark have shown. */
export interface Results {
  /** Of the newest run, as all of these: when, such as 2026-11-28. */
  readonly day: string
  readonly commit: string
  readonly command: string
  readonly machine: Machine
  readonly notes: readonly string[]
  readonly figures: readonly Kept[]
}

/** @returns nothing if there is no such file */
export const readResults = (path: URL): Results | undefined =>
  existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Results) : undefined

/** What the newer one has measured, and of the older one what that did not measure. */
export const joined = (older: Results | undefined, newer: Results): Results => ({
  ...newer,
  figures: merged(older?.figures ?? [], newer.figures),
})

/** The results with how each goal stands, as they are printed and kept. */
export const withGoals = (results: Results) => ({
  ...results,
  goals: goals.map((goal) => {
    const { tag, ...standing } = standingOf(goal, results.figures)
    return 'measured' in standing
      ? { ...goal, standing: tag, measured: standing.measured.median, events: standing.measured.events }
      : { ...goal, standing: tag }
  }),
})

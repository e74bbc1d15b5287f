import type { Kept, Unit } from './figure.ts'

/** What a figure should come to. */
export interface Goal {
  readonly figure: string
  readonly label: string
  readonly unit: Unit
  readonly wanted: { readonly least: number } | { readonly most: number }
  /** The size that it is about; every one if absent. */
  readonly at?: number
}

const tenMillion = 10_000_000
const memory = (figure: string, what: string, at?: number): Goal => ({
  figure,
  label: `peak memory of ${what}`,
  unit: 'MiB',
  wanted: { most: 1_536 },
  ...(at === undefined ? {} : { at }),
})

export const goals: readonly Goal[] = [
  { figure: 'append/1000/of-raw', label: 'append by 1,000, of SQLite', unit: 'ratio', wanted: { least: 0.8 } },
  { figure: 'append/100/of-raw', label: 'append by 100, of SQLite', unit: 'ratio', wanted: { least: 0.8 } },
  {
    figure: 'append/1000/of-100k',
    label: 'append to ten million, of that at 100k',
    unit: 'ratio',
    wanted: { least: 0.5 },
    at: tenMillion,
  },
  { figure: 'http/of-append', label: 'HTTP by 100, of append by 100', unit: 'ratio', wanted: { least: 0.6 } },
  { figure: 'http/singles', label: 'HTTP, one event a request', unit: 'requests/s', wanted: { least: 3_000 } },
  { figure: 'rebuild/of-read', label: 'rebuild, of reading and parsing', unit: 'ratio', wanted: { least: 1 } },
  { figure: 'live/p99', label: 'accepted to queryable at 5,000 events/s, p99', unit: 'ms', wanted: { most: 1_000 } },
  {
    figure: 'queries/slowest',
    label: 'slowest query of ten million events, p95',
    unit: 'ms',
    wanted: { most: 100 },
    at: tenMillion,
  },
  memory('memory/import', 'import'),
  memory('memory/rebuild', 'rebuild'),
  memory('memory/live', 'live'),
  memory('visitors/import', 'import, ten million visitors', tenMillion),
  memory('visitors/rebuild', 'rebuild, ten million visitors', tenMillion),
  memory('visitors/live', 'live, ten million visitors', tenMillion),
  memory('terms/peak', 'first terms after ten million events', tenMillion),
  { figure: 'restart', label: 'start until ready', unit: 's', wanted: { most: 5 } },
  {
    figure: 'cost/cpu',
    label: 'processor of an event at ten million, of that at 100k',
    unit: 'ratio',
    wanted: { most: 1.3 },
    at: tenMillion,
  },
]

/** How a goal stands; `measured` is the figure at the size that the goal is about, or else the one of the largest log. */
export type Standing =
  | { readonly tag: 'met' | 'missed' | 'other-size'; readonly goal: Goal; readonly measured: Kept }
  | { readonly tag: 'not-measured'; readonly goal: Goal }

export function standingOf(goal: Goal, figures: readonly Kept[]): Standing {
  const own = figures.filter(({ name }) => name === goal.figure)
  const measured = own.reduce<Kept | undefined>(
    (largest, figure) => (largest && largest.events > figure.events ? largest : figure),
    undefined,
  )
  if (measured === undefined) return { tag: 'not-measured', goal }
  const [wanted = measured] = own.filter(({ events }) => events === goal.at)
  if (goal.at !== undefined && wanted.events !== goal.at) return { tag: 'other-size', goal, measured }
  return { tag: isMet(goal, wanted.median) ? 'met' : 'missed', goal, measured: wanted }
}

const isMet = ({ wanted }: Goal, value: number): boolean =>
  'least' in wanted ? value >= wanted.least : value <= wanted.most

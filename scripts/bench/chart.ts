import { parse, View } from 'vega'
import { compile, type TopLevelSpec } from 'vega-lite'
import type { Kept } from './figure.ts'

/** Ratios that are shown together, with the limit or the goal that they are held against. */
interface Panel {
  readonly title: string
  readonly lines: Readonly<Record<string, string>>
  readonly goal: number
  /** Stands at the goal's line. */
  readonly goalText: string
}

const panels: readonly Panel[] = [
  {
    title: 'appends: higher is better',
    goal: 0.8,
    goalText: '0.8 of SQLite',
    lines: {
      'append/1000/of-raw': 'by 1,000, of SQLite',
      'append/100/of-raw': 'by 100, of SQLite',
      'append/1000/of-100k': 'by 1,000, of itself at 100k',
      'http/of-append': 'HTTP by 100, of append by 100',
    },
  },
  {
    title: 'rebuild: higher is better',
    goal: 1,
    goalText: 'goal 1.0',
    lines: {
      'rebuild/of-read': 'of reading and parsing',
      'rebuild/of-decode': 'of reading and decoding',
      'rebuild/of-insert': 'of inserting alone',
    },
  },
  {
    title: 'cost of an event: lower is better',
    goal: 1.3,
    goalText: 'goal 1.3',
    lines: { 'cost/cpu': 'processor, of that at 100k', 'cost/wall': 'time, of that at 100k' },
  },
]

/** The ratios over the size of the log, as SVG: medians as a line, from the least to the most as a bar, goals dashed. */
export async function chart(figures: readonly Kept[]): Promise<string> {
  const sizes = [...new Set(figures.map(({ events }) => events))].sort((one, other) => one - other)
  const shown = panels.filter(({ lines }) => figures.some(({ name }) => name in lines))
  const spec: TopLevelSpec = {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    background: 'white',
    padding: 12,
    config: {
      font: 'sans-serif',
      title: { anchor: 'start', fontSize: 13 },
      axis: { labelFontSize: 11, titleFontSize: 11 },
    },
    hconcat: shown.map((panel) => panelSpec(panel, figures, sizes)),
    spacing: 20,
    resolve: { scale: { color: 'independent', y: 'independent' }, legend: { color: 'independent' } },
  }
  const view = new View(parse(compile(spec).spec), { renderer: 'none' })
  const svg = await view.toSVG()
  view.finalize()
  return `${svg}\n`
}

function panelSpec({ title, lines, goal, goalText }: Panel, figures: readonly Kept[], sizes: readonly number[]) {
  const values = figures
    .filter(({ name }) => name in lines)
    .map(({ name, events, median, min, max }) => ({ ratio: lines[name] as string, events, median, min, max }))
  const most = Math.max(goal, ...values.map(({ max }) => max))
  const domain = [(sizes[0] as number) / 1.6, (sizes.at(-1) as number) * 1.6]
  const x = {
    field: 'events',
    type: 'quantitative' as const,
    scale: { type: 'log' as const, domain, nice: false },
    axis: { values: [...sizes], format: '~s', title: 'events in the log', grid: false },
  }
  const y = { type: 'quantitative' as const, scale: { domain: [0, most * 1.1] } }
  const order = Object.values(lines).filter((line) => values.some(({ ratio }) => ratio === line))
  const color = {
    field: 'ratio',
    type: 'nominal' as const,
    scale: { domain: order, scheme: 'tableau10' as const },
    legend: {
      orient: 'bottom' as const,
      columns: 1,
      title: null,
      labelLimit: 260,
      symbolType: 'circle' as const,
      symbolOpacity: 1,
    },
  }
  return {
    title,
    width: 210,
    height: 220,
    layer: [
      {
        data: { values: [{ goal }] },
        mark: { type: 'rule' as const, strokeDash: [5, 4], color: '#777777' },
        encoding: { y: { field: 'goal', ...y } },
      },
      {
        data: { values: [{ goal, text: goalText, events: domain[1] }] },
        mark: { type: 'text' as const, align: 'left' as const, dx: 5, fontSize: 10, color: '#555555' },
        encoding: { x, y: { field: 'goal', ...y }, text: { field: 'text', type: 'nominal' as const } },
      },
      {
        data: { values },
        mark: { type: 'rule' as const, strokeWidth: 1.5, opacity: 0.6 },
        encoding: { x, y: { field: 'min', ...y, title: 'ratio' }, y2: { field: 'max' }, color },
      },
      {
        data: { values },
        mark: { type: 'line' as const, strokeWidth: 2, point: { size: 45, filled: true } },
        encoding: { x, y: { field: 'median', ...y, title: 'ratio' }, color },
      },
    ],
  }
}

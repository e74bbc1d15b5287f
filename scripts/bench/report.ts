import type { Kept, Unit } from './figure.ts'
import { goals, type Standing, standingOf } from './goals.ts'
import { sizeText } from './options.ts'
import type { Results } from './results.ts'
import type { Spread } from './stats.ts'

/** The results as Markdown: what they were measured on, the goals, and all figures by size. */
export function report(results: Results, before?: Results): string {
  return [header(results), goalTable(results.figures, before?.figures), figureTable(results.figures)].join('\n\n')
}

function header({ day, commit, command, machine, notes }: Results): string {
  const { cores, cpu, memoryGiB, node, sqlite, clickHouse, loadBefore } = machine
  const made = `\`${command}\`, ${day}, commit ${commit}: ${cores} cores (${cpu}), ${memoryGiB} GiB, Node ${node}, SQLite ${sqlite}, ClickHouse ${clickHouse}; load average ${loadBefore} before it began, from what others did on the machine.`
  return [made, ...notes.map((note) => `- ${note}`)].join('\n')
}

const standings: Readonly<Record<Standing['tag'], string>> = {
  met: 'yes',
  missed: 'no',
  'other-size': 'not measured at that size',
  'not-measured': 'not measured',
}

/** The goals, and where there are older results what these came to. */
export function goalTable(figures: readonly Kept[], before?: readonly Kept[]): string {
  const rows = goals.map((goal) => {
    const standing = standingOf(goal, figures)
    const { wanted, unit } = goal
    const bound = 'least' in wanted ? `≥ ${number(wanted.least, unit)}` : `≤ ${number(wanted.most, unit)}`
    const measured = 'measured' in standing ? standing.measured : undefined
    const older = before?.find(({ name, events }) => name === goal.figure && events === measured?.events)
    return [
      `${goal.label}${unitText(unit)}`,
      bound,
      ...(before ? [older ? number(older.median, unit) : ''] : []),
      measured ? cell(measured) : '',
      measured ? sizeText(measured.events) : '',
      standings[standing.tag],
    ]
  })
  return table(['goal', 'wanted', ...(before ? ['before'] : []), 'measured', 'at', 'met'], rows)
}

/** Every figure, a column for each size. */
export function figureTable(figures: readonly Kept[]): string {
  const sizes = [...new Set(figures.map(({ events }) => events))].sort((one, other) => one - other)
  const names = [...new Set(figures.map(({ name }) => name))]
  const rows = names.map((name) => {
    const own = figures.filter((figure) => figure.name === name)
    const [first] = own as [Kept]
    const cells = sizes.map((size) => own.find(({ events }) => events === size))
    return [`${first.label}${unitText(first.unit)}`, ...cells.map((figure) => (figure ? cell(figure) : ''))]
  })
  return table(['median (least to most)', ...sizes.map(sizeText)], rows)
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), `|---|${'---:|'.repeat(head.length - 1)}`, ...rows.map(line)].join('\n')
}

const unitText = (unit: Unit): string => (unit === 'ratio' || unit === 'visitors' || unit === 'rows' ? '' : `, ${unit}`)

function cell({ median, min, max, values, unit }: Kept & Spread): string {
  const middle = number(median, unit)
  return values.length === 1 ? middle : `${middle} (${number(min, unit)} to ${number(max, unit)})`
}

/** Ratios with two digits; the rest with as many as say something. */
export function number(value: number, unit: Unit): string {
  if (unit === 'ratio') return value.toFixed(2)
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2
  return value.toLocaleString('en-US', { maximumFractionDigits: digits })
}

/**
 * Puts text between two markers of a document.
 * @param name as in `<!-- name -->` and `<!-- /name -->`
 * @throws Error if the document does not have both
 */
export function replaceBetween(document: string, name: string, text: string): string {
  const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`]
  const from = document.indexOf(begin)
  const to = document.indexOf(end)
  if (from < 0 || to < from) throw new Error(`The document has no ${begin} with a ${end} after it.`)
  return `${document.slice(0, from + begin.length)}\n\n${text}\n\n${document.slice(to)}`
}

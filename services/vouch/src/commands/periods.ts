import { type Command, Option } from 'commander'
import { type Context, write, writeLine } from '../context.ts'
import { type PeriodJson, periodCsv, periodJson } from '../finance/period-json.ts'
import { closePeriod, listPeriods, restatedPeriods, restatedText, showPeriod } from '../finance/periods.ts'
import { done } from './done.ts'
import { month, name } from './options.ts'
import { columns } from './payouts-text.ts'

export function periodsCommand(program: Command, context: Context): void {
  const periods = program.command('periods').description('months that are closed, and what they came to')
  closeCommand(periods, context)
  showCommand(periods, context)
  listCommand(periods, context)
}

interface CloseFlags {
  readonly data?: string
  readonly program: string
  readonly period: string
  readonly by: string
  readonly json?: boolean
}

function closeCommand(periods: Command, context: Context): void {
  periods
    .command('close')
    .requiredOption('--program <id>', 'whose month it is')
    .requiredOption('--period <month>', 'such as 2026-03; it is over, and the one before it is closed', month)
    .requiredOption('--by <name>', 'who closes it', name)
    .option('--json', 'print the month as one JSON object')
    .description(
      'declare for ever what a month came to; what belongs to it and comes later is an adjustment of the next',
    )
    .action(async (_flags: unknown, command: Command) => {
      const { data, program: programId, period, by, json } = command.optsWithGlobals<CloseFlags>()
      const engine = await context.engine(data)
      const { closed, changed } = done(await closePeriod(engine, { programId, period, by }, context.signal))
      const answer = periodJson(programId, period, closed.declared.totals, closed)
      if (json) return writeLine(context.out, JSON.stringify(answer))
      await writeLine(context.out, `${changed ? '' : 'It was closed before.\n'}${periodText(answer)}`)
    })
}

interface ShowFlags {
  readonly data?: string
  readonly program: string
  readonly period: string
  readonly format: 'text' | 'json' | 'csv'
  readonly json?: boolean
}

function showCommand(periods: Command, context: Context): void {
  periods
    .command('show')
    .requiredOption('--program <id>', 'whose month it is')
    .requiredOption('--period <month>', 'such as 2026-03', month)
    .addOption(new Option('--format <name>', 'of what is printed').choices(['text', 'json', 'csv']).default('text'))
    .option('--json', 'as --format json')
    .description('what a month came to, for the program and for everybody; of a closed month the same bytes for ever')
    .action(async (_flags: unknown, command: Command) => {
      const { data, program: programId, period, format, json } = command.optsWithGlobals<ShowFlags>()
      const shown = done(await showPeriod(await context.engine(data), { programId, period }, context.signal))
      const answer = periodJson(programId, period, shown.totals, shown.closed)
      if (format === 'csv') return write(context.out, periodCsv(answer))
      await writeLine(context.out, json || format === 'json' ? JSON.stringify(answer) : periodText(answer))
    })
}

function listCommand(periods: Command, context: Context): void {
  periods
    .command('list')
    .option('--program <id>', 'of this program alone')
    .option('--json', 'print one JSON object')
    .description('all months that are closed, and those that the books now make something else of')
    .action(async (_flags: unknown, command: Command) => {
      const {
        data,
        program: programId,
        json,
      } = command.optsWithGlobals<{
        data?: string
        program?: string
        json?: boolean
      }>()
      const engine = await context.engine(data)
      const listed = await listPeriods(engine, programId, context.signal)
      const restated = (await restatedPeriods(engine.warehouse)).filter(
        (it) => programId === undefined || it.programId === programId,
      )
      if (json) return writeLine(context.out, JSON.stringify({ periods: listed, restated }))
      const rows = listed.map((it) => [it.programId, it.period, it.closedAt ?? 'being closed', it.by])
      const lines = rows.length === 0 ? ['No month is closed; vouch periods close does it.'] : columns(rows)
      await writeLine(context.out, [...lines, ...restated.map(restatedText)].join('\n'))
    })
}

const shown = [
  ['opening', 'OPENING'],
  ['earned', 'EARNED'],
  ['reversed', 'REVERSED'],
  ['paid', 'PAID'],
  ['writtenOff', 'WRITTEN OFF'],
  ['converted', 'CONVERTED'],
  ['adjusted', 'ADJUSTED'],
  ['closing', 'CLOSING'],
] as const

/** Columns in which nothing happened are left out. */
function periodText({ programId, period, from, until, closed, totals, parties }: PeriodJson): string {
  const state =
    closed === null
      ? 'It is not closed, and may still change.'
      : `It was closed by ${closed.by} with what was known at position ${closed.position}.`
  const head = `${period} of ${programId}, ${from} to ${until}. ${state}`
  if (parties.length === 0) return `${head}\nNothing is or was owed.`
  const told = shown.filter(
    ([what]) =>
      what === 'opening' ||
      what === 'closing' ||
      totals.some((it) => !isZero(it[what])) ||
      parties.some((it) => !isZero(it[what])),
  )
  const rows = [
    ...parties.map((it) => [it.role, it.beneficiaryId, it.currency, ...told.map(([what]) => it[what])]),
    ...totals.map((it) => ['all', '', it.currency, ...told.map(([what]) => it[what])]),
  ]
  const table = [['ROLE', 'WHO', '', ...told.map(([, title]) => title)], ...rows]
  return [head, ...columns(numbersToTheRight(table, 3))].join('\n')
}

/** @param from the first column of numbers */
function numbersToTheRight(rows: readonly (readonly string[])[], from: number): string[][] {
  const width = (column: number) => Math.max(...rows.map((row) => row[column]?.length ?? 0))
  const widths = rows[0]?.map((_, column) => width(column)) ?? []
  return rows.map((row) => row.map((cell, column) => (column < from ? cell : cell.padStart(widths[column] ?? 0))))
}

const isZero = (amount: string): boolean => /^[0.]+$/.test(amount)

import type { ConvertedEvent } from '@vouch/domain'
import type { Command } from 'commander'
import { catchUp } from '../catch-up.ts'
import { type Context, writeLine } from '../context.ts'
import { conversionJson } from '../finance/conversion-json.ts'
import { convertBalances } from '../finance/convert.ts'
import { type ListedConversion, listConversions } from '../finance/list-conversions.ts'
import { columns } from './columns.ts'
import { done } from './done.ts'
import { currency, day, name, rate, words } from './options.ts'

interface ConvertFlags {
  readonly data?: string
  readonly program: string
  readonly from: string
  readonly to: string
  readonly rate: string
  readonly asOf: string
  readonly by: string
  readonly reason?: string
  readonly conversion?: string
  readonly json?: boolean
}

export function convertCommands(payouts: Command, context: Context): void {
  payouts
    .command('convert')
    .requiredOption('--program <id>', 'whose beneficiaries’ balances are converted')
    .requiredOption('--from <currency>', 'of the balances, e.g. USD', currency)
    .requiredOption('--to <currency>', 'in which they are payable instead, e.g. EUR', currency)
    .requiredOption('--rate <rate>', 'units of the second for one unit of the first, e.g. 0.9213', rate)
    .requiredOption('--as-of <date>', 'the day whose payable balances are converted', day)
    .requiredOption('--by <name>', 'who converts them', name)
    .option('--reason <words>', 'why, for the log; e.g. where the rate is from', words)
    .option('--conversion <name>', 'a name of your own, so that the same command again does not convert twice', name)
    .option('--json', 'print the conversion as one JSON object')
    .description('convert what is payable in one currency to another, at a rate that is recorded')
    .action(async (_flags: unknown, command: Command) => {
      const { data, program, json, conversion: conversionId, ...rest } = command.optsWithGlobals<ConvertFlags>()
      const { from, to, rate, asOf, by, reason } = rest
      const request = { programId: program, conversionId, from, to, rate, asOf, by, reason }
      const { conversion } = done(await convertBalances(await context.engine(data), request, context.signal))
      await writeLine(context.out, json ? JSON.stringify(conversionJson(conversion)) : conversionText(conversion))
    })
  payouts
    .command('conversions')
    .option('--program <id>', 'of this program alone')
    .option('--json', 'print one JSON array')
    .description('all conversions of balances, oldest first')
    .action(async (_flags: unknown, command: Command) => {
      const { data, program, json } = command.optsWithGlobals<{ data?: string; program?: string; json?: boolean }>()
      const engine = await context.engine(data)
      await catchUp(engine, context.signal)
      const conversions = await listConversions(engine.warehouse, program)
      await writeLine(context.out, json ? JSON.stringify(conversions) : listText(conversions))
    })
}

function conversionText(event: ConvertedEvent): string {
  const { conversionId, programId, from, to, rate, asOf, by, reason, position, lines, totals, carried } =
    conversionJson(event)
  return [
    `Conversion ${conversionId} of ${programId}: what was payable in ${from} on ${asOf}, as known at position ${position}.`,
    `Converted by ${by} at ${rate} ${to} for 1 ${from}${reason === null ? '' : ` (${reason})`}: ${lines.length === 1 ? '1 balance' : `${lines.length} balances`}, ${totals.from} ${from} to ${totals.to} ${to}.`,
    `The rate makes ${totals.atRate} ${to} of the whole; rounding each by itself differs by ${totals.difference} ${to}.`,
    ...columns(lines.map((line) => [line.beneficiaryId, line.role, `${line.from} ${from}`, `${line.to} ${to}`])),
    ...(carried.length === 0 ? [] : ['Not converted:']),
    ...columns(carried.map((it) => [it.beneficiaryId, it.role, `${it.amount} ${it.currency}`, it.reason])),
  ].join('\n')
}

const listText = (conversions: readonly ListedConversion[]): string =>
  conversions.length === 0
    ? 'There is no conversion; vouch payouts convert makes one.'
    : columns(
        conversions.map(({ conversionId, programId, asOf, by, rate, lines, from, to, totals }) => [
          conversionId,
          programId,
          asOf,
          by,
          `${totals.from} ${from}`,
          `${totals.to} ${to}`,
          rate,
          String(lines),
        ]),
      ).join('\n')

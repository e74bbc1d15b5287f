import type { Debtor } from '@vouch/domain'
import { type Command, Option } from 'commander'
import { isLeft } from 'fp-ts/lib/Either.js'
import { catchUp } from '../catch-up.ts'
import { type Context, write, writeLine } from '../context.ts'
import { Failure, misuse } from '../failure.ts'
import { batchJson, openedJson } from '../finance/batch-json.ts'
import { takeDebtor } from '../finance/debtor.ts'
import { exportPayout } from '../finance/export.ts'
import { listBatches } from '../finance/list.ts'
import { changePayout, findBatch, openPayout, unknownBatch } from '../finance/payouts.ts'
import { done } from './done.ts'
import { amount, day, name, uuid, words } from './options.ts'
import { convertCommands } from './payouts-convert.ts'
import { batchText, listText, openedText } from './payouts-text.ts'

export function payoutsCommand(program: Command, context: Context): void {
  const payouts = program.command('payouts').description('batches of payments to those who are owed')
  openCommand(payouts, context)
  changeCommand(payouts, context, 'approve')
  changeCommand(payouts, context, 'cancel')
  exportCommand(payouts, context)
  showCommands(payouts, context)
  convertCommands(payouts, context)
}

interface OpenFlags {
  readonly data?: string
  readonly program: string
  readonly asOf: string
  readonly minimum?: string
  readonly by: string
  readonly batch?: string
  readonly json?: boolean
}

function openCommand(payouts: Command, context: Context): void {
  payouts
    .command('open')
    .requiredOption('--program <id>', 'whose beneficiaries are paid')
    .requiredOption('--as-of <date>', 'the day whose payable balances are paid', day)
    .option('--minimum <amount>', 'smaller balances are carried over, e.g. 25.00', amount)
    .requiredOption('--by <name>', 'who opens it; somebody else approves', name)
    .option('--batch <uuid>', 'a name of your own, so that the same command again does not open a second batch', uuid)
    .option('--json', 'print the batch as one JSON object')
    .description('put a batch together of what is payable, and reserve it')
    .action(async (_flags: unknown, command: Command) => {
      const { data, program: programId, asOf, minimum, by, batch: batchId, json } = command.optsWithGlobals<OpenFlags>()
      const engine = await context.engine(data)
      const { batch } = done(await openPayout(engine, { programId, asOf, minimum, by, batchId }, context.signal))
      if (json) return writeLine(context.out, JSON.stringify(openedJson(batch)))
      await writeLine(context.out, openedText(batch))
    })
}

function changeCommand(payouts: Command, context: Context, tag: 'approve' | 'cancel'): void {
  const what = { approve: 'approved', cancel: 'cancelled' }[tag]
  const command = payouts
    .command(tag)
    .argument('<batch>', 'as vouch payouts list shows it')
    .requiredOption('--by <name>', 'who does it', name)
    .option('--json', 'print the batch as one JSON object')
    .description(
      tag === 'approve'
        ? 'approve a batch that somebody else opened'
        : 'give back what a batch has reserved, before its instructions are out',
    )
  if (tag === 'cancel') command.option('--reason <words>', 'why, for the log', words)
  command.action(async (batchId: string, _flags: unknown, command: Command) => {
    const flags = command.optsWithGlobals<{ data?: string; by: string; reason?: string; json?: boolean }>()
    const engine = await context.engine(flags.data)
    const { by, reason } = flags
    const { batch, changed } = done(await changePayout(engine, { tag, batchId, by, reason }, context.signal))
    if (flags.json) return writeLine(context.out, JSON.stringify({ ...batchJson(batch), changed }))
    await writeLine(context.out, `Batch ${batchId} ${changed ? 'is' : 'was'} ${what}${changed ? '' : ' already'}.`)
  })
}

interface ExportFlags {
  readonly data?: string
  readonly format: 'csv' | 'pain.001'
  readonly debtorName?: string
  readonly debtorIban?: string
  readonly debtorBic?: string
  readonly executeOn?: string
}

function exportCommand(payouts: Command, context: Context): void {
  payouts
    .command('export')
    .argument('<batch>', 'as vouch payouts list shows it')
    .addOption(new Option('--format <name>', 'of the instructions').choices(['csv', 'pain.001']).makeOptionMandatory())
    .option('--debtor-name <name>', 'pain.001: who pays; kept for the batch from the first time on', name)
    .option('--debtor-iban <iban>', 'pain.001: the account that it is paid from')
    .option('--debtor-bic <bic>', 'pain.001: its bank, where the bank wants it said')
    .option('--execute-on <date>', 'pain.001: the day on which the bank is to pay; today where it is left out', day)
    .description(
      'payment instructions of an approved batch on standard output; the first time, the log says that they went out',
    )
    .action(async (batchId: string, _flags: unknown, command: Command) => {
      const flags = command.optsWithGlobals<ExportFlags>()
      const { format, executeOn } = flags
      const debtor = debtorOf(flags)
      if (format === 'csv' && (debtor ?? executeOn) !== undefined)
        throw misuse('CSV names neither debtor nor day; leave --debtor-… and --execute-on out, or export pain.001.')
      const engine = await context.engine(flags.data)
      const request = format === 'csv' ? { batchId, format } : { batchId, format, debtor, executeOn }
      await write(context.out, done(await exportPayout(engine, request, context.signal)))
    })
}

/** Undefined where nothing is said of it. */
function debtorOf({ debtorName, debtorIban, debtorBic }: ExportFlags): Debtor | undefined {
  if (debtorName === undefined && debtorIban === undefined && debtorBic === undefined) return undefined
  if (debtorName === undefined || debtorIban === undefined)
    throw misuse('A debtor has a name and an IBAN: give --debtor-name and --debtor-iban together.')
  const taken = takeDebtor({ name: debtorName, iban: debtorIban, bic: debtorBic })
  if (isLeft(taken)) throw misuse(`--debtor-${taken.left.field} ${taken.left.reason}.`)
  return taken.right
}

function showCommands(payouts: Command, context: Context): void {
  payouts
    .command('show')
    .argument('<batch>', 'as vouch payouts list shows it')
    .option('--json', 'print the batch as one JSON object')
    .description(
      'a batch: who did what and when, its lines and what became of them, totals, and what was carried over and why',
    )
    .action(async (batchId: string, _flags: unknown, command: Command) => {
      const { data, json } = command.optsWithGlobals<{ data?: string; json?: boolean }>()
      const batch = await findBatch(await context.engine(data), batchId)
      if (!batch) throw new Failure(unknownBatch(batchId).says)
      await writeLine(context.out, json ? JSON.stringify(batchJson(batch)) : batchText(batch))
    })
  payouts
    .command('list')
    .option('--program <id>', 'of this program alone')
    .option('--json', 'print one JSON array')
    .description('all batches, oldest first')
    .action(async (_flags: unknown, command: Command) => {
      const { data, program, json } = command.optsWithGlobals<{ data?: string; program?: string; json?: boolean }>()
      const engine = await context.engine(data)
      await catchUp(engine, context.signal)
      const batches = await listBatches(engine.warehouse, program)
      await writeLine(context.out, json ? JSON.stringify(batches) : listText(batches))
    })
}

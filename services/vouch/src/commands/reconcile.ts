import { type ReconciliationClass, type ResolutionWay, resolutionWays } from '@vouch/domain'
import { type Command, Option } from 'commander'
import { type Context, writeLine } from '../context.ts'
import { Failure } from '../failure.ts'
import { unknownBatch } from '../finance/payouts.ts'
import { bookAndReconcile } from '../finance/reconciliation.ts'
import { lineJson, needingPerson, type ReconciliationLine, reconciliationJson } from '../finance/reconciliation-json.ts'
import { resolveDiscrepancy } from '../finance/resolve.ts'
import { columns } from './columns.ts'
import { done } from './done.ts'
import { name, paidRate, words } from './options.ts'

export function reconcileCommand(program: Command, context: Context): void {
  const command = program
    .command('reconcile')
    .option('--batch <id>', 'its lines alone, and whatever is unexpected')
    .option('--json', 'print one JSON object')
    .description('hold payment instructions to what statements say; exit 1 while anything needs a person')
    .action(async (_flags: unknown, command: Command) => {
      const { data, batch, json } = command.optsWithGlobals<{ data?: string; batch?: string; json?: boolean }>()
      const engine = await context.engine(data)
      const found = await bookAndReconcile(engine, batch, context.signal)
      if (found === undefined) throw new Failure(unknownBatch(batch ?? '').says)
      const answer = reconciliationJson(found.judged, found.receivers)
      await writeLine(context.out, json ? JSON.stringify(answer) : answerText(answer))
      const { count, classes } = needingPerson(found.judged)
      if (count > 0) throw new Failure(needsText(count, classes))
    })
  resolveCommand(command, context)
}

interface ResolveFlags {
  readonly data?: string
  readonly as: ResolutionWay
  readonly by: string
  readonly reason: string
  readonly line?: string
  readonly batch?: string
  readonly rate?: string
  readonly provider?: string
  readonly correct?: boolean
  readonly json?: boolean
}

function resolveCommand(reconcile: Command, context: Context): void {
  reconcile
    .command('resolve')
    .argument('<reference>', 'as vouch reconcile shows it')
    .addOption(new Option('--as <way>', 'what becomes of it').choices(resolutionWays).makeOptionMandatory())
    .requiredOption('--by <name>', 'who decides it', name)
    .requiredOption('--reason <words>', 'why, for the log', words)
    .option('--line <id>', 'which of several: id of the line of a statement, or instruction')
    .option('--batch <id>', 'the batch that it is of, to be sure')
    .option('--rate <rate>', 'how much of its own currency one of what was paid is, e.g. 0.9231', paidRate)
    .option('--provider <name>', 'whose account paid what no statement names', name)
    .option('--correct', 'take back how it was resolved before')
    .option('--json', 'print one JSON object')
    .description('settle by hand what needs a person, once, with who and why')
    .action(async (reference: string, _flags: unknown, command: Command) => {
      const { data, json, batch: batchId, ...flags } = command.optsWithGlobals<ResolveFlags>()
      const engine = await context.engine(data)
      const { decided, lines, receivers } = done(
        await resolveDiscrepancy(engine, { reference, batchId, ...flags }, context.signal),
      )
      const shown = lines.map((it) => lineJson(it, receivers))
      if (json) return writeLine(context.out, JSON.stringify({ changed: decided !== undefined, lines: shown }))
      const was = decided === undefined ? 'was resolved already' : 'is resolved'
      await writeLine(context.out, [`${reference} ${was}: ${flags.as}.`, ...table(shown)].join('\n'))
    })
}

function answerText({ lines, totals }: ReturnType<typeof reconciliationJson>): string {
  if (lines.length === 0) return 'No instructions are out, and no statement says anything.'
  const counts = Object.entries(totals).map(([of, count]) => `${count} ${of}`)
  return [...table(lines), `${counts.join(', ')}.`].join('\n')
}

function table(lines: readonly ReconciliationLine[]): string[] {
  const rows = lines.map((line) => [
    line.class,
    line.batchId ?? '',
    line.reference,
    line.beneficiaryId ?? '',
    line.expected === null ? '' : `${line.expected} ${line.currency}`,
    line.actual === null ? '' : `${line.actual} ${line.actualCurrency}`,
    line.date ?? '',
    resolutionText(line),
  ])
  return columns([['CLASS', 'BATCH', 'REFERENCE', 'BENEFICIARY', 'EXPECTED', 'ACTUAL', 'ON', 'RESOLUTION'], ...rows])
}

function resolutionText({ needsPerson, resolutions, resolution }: ReconciliationLine): string {
  if (resolution !== null) return `${resolution.as} by ${resolution.by}`
  return needsPerson ? `open: ${resolutions.join(', ')}` : ''
}

function needsText(needed: number, open: Partial<Record<ReconciliationClass, number>>): string {
  const what = Object.entries(open).map(([of, count]) => `${count} ${of}`)
  return `${needed === 1 ? '1 line needs' : `${needed} lines need`} a person: ${what.join(', ')}.`
}

import type { ReconciliationClass } from '@vouch/domain'
import type { Command } from 'commander'
import { type Context, writeLine } from '../context.ts'
import { Failure } from '../failure.ts'
import { unknownBatch } from '../finance/payouts.ts'
import { bookAndReconcile } from '../finance/reconciliation.ts'
import { needingPerson, reconciliationJson } from '../finance/reconciliation-json.ts'
import { columns } from './columns.ts'

export function reconcileCommand(program: Command, context: Context): void {
  program
    .command('reconcile')
    .option('--batch <id>', 'its lines alone, and whatever is unexpected')
    .option('--json', 'print one JSON object')
    .description('hold payment instructions to what statements say; exit 1 while anything needs a person')
    .action(async (_flags: unknown, command: Command) => {
      const { data, batch, json } = command.optsWithGlobals<{ data?: string; batch?: string; json?: boolean }>()
      const engine = await context.engine(data)
      const lines = await bookAndReconcile(engine, batch, context.signal)
      if (lines === undefined) throw new Failure(unknownBatch(batch ?? '').says)
      const answer = reconciliationJson(lines)
      await writeLine(context.out, json ? JSON.stringify(answer) : answerText(answer))
      const { count, classes } = needingPerson(lines)
      if (count > 0) throw new Failure(needsText(count, classes))
    })
}

function answerText({ lines, totals }: ReturnType<typeof reconciliationJson>): string {
  if (lines.length === 0) return 'No instructions are out, and no statement says anything.'
  const rows = lines.map((line) => [
    line.class,
    line.batchId ?? '',
    line.reference,
    line.beneficiaryId ?? '',
    line.expected === null ? '' : `${line.expected} ${line.currency}`,
    line.actual === null ? '' : `${line.actual} ${line.actualCurrency}`,
    line.date ?? '',
  ])
  const counts = Object.entries(totals).map(([of, count]) => `${count} ${of}`)
  return [
    ...columns([['CLASS', 'BATCH', 'REFERENCE', 'BENEFICIARY', 'EXPECTED', 'ACTUAL', 'ON'], ...rows]),
    `${counts.join(', ')}.`,
  ].join('\n')
}

function needsText(needed: number, open: Partial<Record<ReconciliationClass, number>>): string {
  const what = Object.entries(open).map(([of, count]) => `${count} ${of}`)
  return `${needed === 1 ? '1 line needs' : `${needed} lines need`} a person: ${what.join(', ')}.`
}

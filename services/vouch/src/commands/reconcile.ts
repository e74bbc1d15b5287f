import { countsOf, needsPerson, type ReconciliationClass } from '@vouch/domain'
import type { Command } from 'commander'
import { type Context, writeLine } from '../context.ts'
import { Failure } from '../failure.ts'
import { bookStatements, reconciled } from '../finance/reconciliation.ts'
import { reconciliationJson } from '../finance/reconciliation-json.ts'
import { programOf } from '../finance/stream.ts'
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
      if (batch !== undefined && (await programOf(engine.store, batch)) === undefined)
        throw new Failure(`There is no batch ${batch}; vouch payouts list shows those there are.`)
      // A statement may have been there before the instructions went out.
      await bookStatements(engine, context.signal)
      const all = await reconciled(engine, context.signal)
      const lines = all.filter(
        (it) => batch === undefined || it.class === 'unexpected' || it.instruction?.batchId === batch,
      )
      const answer = reconciliationJson(lines)
      await writeLine(context.out, json ? JSON.stringify(answer) : answerText(answer))
      const open = countsOf(lines.filter((it) => needsPerson(it.class)))
      const needed = Object.values(open).reduce((sum, of) => sum + of, 0)
      if (needed > 0) throw new Failure(needsText(needed, open))
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

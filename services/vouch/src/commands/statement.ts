import { type BeneficiaryKind, beneficiaryKinds } from '@vouch/domain'
import { type Command, Option } from 'commander'
import { catchUp } from '../catch-up.ts'
import { type Context, write, writeLine } from '../context.ts'
import { misuse } from '../failure.ts'
import { monthKnownAt } from '../finance/known-at.ts'
import { statementHtml } from '../finance/statement-html.ts'
import { statementOf } from '../finance/statement-of.ts'
import { programOfStatement } from '../finance/statement-programs.ts'
import { done } from './done.ts'
import { month, position } from './options.ts'
import { statementText } from './statement-text.ts'

interface StatementFlags {
  readonly data?: string
  readonly program?: string
  readonly period: string
  readonly format?: 'text' | 'json' | 'html'
  readonly at?: bigint
  readonly json?: boolean
}

const whose = {
  advocate: 'what an advocate is owed for a month, as advocate and as upline, and how it came to that',
  customer: 'the same of a customer, who earns as referee',
}

export function statementCommand(program: Command, context: Context): void {
  const statement = program
    .command('statement')
    .description('what somebody is owed for a month, to be sent to them (what providers say: vouch statements)')
  for (const kind of beneficiaryKinds) kindCommand(statement, context, kind)
}

function kindCommand(statement: Command, context: Context, kind: BeneficiaryKind): void {
  statement
    .command(kind)
    .argument('<id>', `${kind}Id, as events have it`)
    .option('--program <id>', 'of which program; may be left out where one alone has the id')
    .requiredOption('--period <month>', 'the month, e.g. 2026-03', month)
    .addOption(
      new Option('--format <name>', 'text, one JSON object, or a page to print or send (default: text)').choices([
        'text',
        'json',
        'html',
      ]),
    )
    .option('--at <position>', 'as it was known at this position of the log', position)
    .option('--json', 'the same as --format json')
    .description(whose[kind])
    .action(async (beneficiaryId: string, _flags: unknown, command: Command) => {
      const flags = command.optsWithGlobals<StatementFlags>()
      const { period, at, json } = flags
      if (json && flags.format !== undefined && flags.format !== 'json')
        throw misuse(`--json and --format ${flags.format} are two things; leave one of them out.`)
      const engine = await context.engine(flags.data)
      await catchUp(engine, context.signal)
      const { warehouse } = engine
      const programId = done(await programOfStatement(warehouse, { kind, beneficiaryId, programId: flags.program }))
      const known = done(await monthKnownAt(engine, { programId, period, at }))
      const answer = await statementOf(warehouse, { programId, kind, beneficiaryId, period, known })
      const format = json ? 'json' : (flags.format ?? 'text')
      if (format === 'html') return write(context.out, statementHtml(answer))
      await writeLine(context.out, format === 'json' ? JSON.stringify(answer) : statementText(answer))
    })
}

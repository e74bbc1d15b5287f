import type { Command } from 'commander'
import { catchUp } from '../catch-up.ts'
import { type Context, write, writeLine } from '../context.ts'
import { misuse } from '../failure.ts'
import { type AgingReport, aging } from '../finance/aging.ts'
import { positionKnown } from '../finance/known-at.ts'
import { type LiabilityReport, liabilities, type ReportAsked } from '../finance/liabilities.ts'
import type { AskedTables } from '../folds.ts'
import { done } from './done.ts'
import { day, position } from './options.ts'
import { agingCsv, agingText, liabilitiesCsv, liabilitiesText } from './report-text.ts'

export function reportCommand(program: Command, context: Context): void {
  const report = program.command('report').description('what is owed on a day')
  dayCommand<object, LiabilityReport>(report, context, {
    name: 'liabilities',
    says: 'what each program owes on a day: pending, payable and in transit as the ledger has them, and apart from it what parties owe',
    answer: liabilities,
    text: liabilitiesText,
    csv: liabilitiesCsv,
  })
  dayCommand<{ readonly parties?: boolean }, AgingReport>(report, context, {
    name: 'aging',
    says: 'how long what is payable on a day has been so; what was paid or taken back is taken from the oldest first',
    answer: (warehouse, asked, { parties }) => aging(warehouse, { ...asked, byParty: parties }),
    text: agingText,
    csv: agingCsv,
  }).option('--parties', 'a line for each party as well; in CSV, these alone')
}

interface DayReport<Flags, Answer> {
  readonly name: string
  readonly says: string
  answer(warehouse: AskedTables, asked: ReportAsked, flags: Flags): Promise<Answer>
  text(answer: Answer): string
  csv(answer: Answer): string
}

type DayFlags<Flags> = Flags & {
  readonly data?: string
  readonly program?: string
  readonly on?: string
  readonly at?: bigint
  readonly json?: boolean
  readonly csv?: boolean
}

function dayCommand<Flags, Answer>(report: Command, context: Context, it: DayReport<Flags, Answer>): Command {
  return report
    .command(it.name)
    .option('--program <id>', 'of this program alone')
    .option('--on <date>', 'the last day that counts (default: today, UTC)', day)
    .option('--at <position>', 'as it was known at this position of the log', position)
    .option('--json', 'print one JSON object')
    .option('--csv', 'print CSV, without totals')
    .description(it.says)
    .action(async (_flags: unknown, command: Command) => {
      const flags = command.optsWithGlobals<DayFlags<Flags>>()
      const { program: programId, on = today(context), json, csv } = flags
      if (json && csv) throw misuse('--json and --csv are two things; leave one of them out.')
      const engine = await context.engine(flags.data)
      await catchUp(engine, context.signal)
      const known = done(await positionKnown(engine, flags.at))
      const answer = await it.answer(engine.warehouse, { programId, on, position: known }, flags)
      if (csv) return write(context.out, it.csv(answer))
      await writeLine(context.out, json ? JSON.stringify(answer) : it.text(answer))
    })
}

const today = ({ clock }: Context): string => new Date(clock()).toISOString().slice(0, 10)

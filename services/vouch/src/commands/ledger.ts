import { type Command, Option } from 'commander'
import { catchUp } from '../catch-up.ts'
import { type Context, write } from '../context.ts'
import { type JournalFormat, journal, journalFormats } from '../finance/journal.ts'
import { day } from './options.ts'

export function ledgerCommand(program: Command, context: Context): void {
  program
    .command('ledger')
    .description('the books')
    .command('export')
    .addOption(
      new Option('--format <name>', 'journal for hledger and ledger, or CSV')
        .choices(journalFormats)
        .makeOptionMandatory(),
    )
    .option('--until <date>', 'the last day that counts (default: all)', day)
    .description('the journal on standard output')
    .action(async (_flags: unknown, command: Command) => {
      const { data, format, until } = command.optsWithGlobals<{
        data?: string
        format: JournalFormat
        until?: string
      }>()
      const engine = await context.engine(data)
      await catchUp(engine, context.signal)
      const { position } = await engine.projector.progress()
      for await (const text of journal(engine.warehouse, { format, until, position })) {
        context.signal.throwIfAborted()
        await write(context.out, text)
      }
    })
}

import type { Command } from 'commander'
import { catchUp } from '../catch-up.ts'
import { type Context, writeLine } from '../context.ts'
import { explain } from '../explanation.ts'
import { Failure } from '../failure.ts'
import { explanationText } from './explain-text.ts'

export function explainCommand(program: Command, context: Context): void {
  program
    .command('explain')
    .description('why the tables say what they say')
    .command('conversion')
    .argument('<id>', 'conversionId')
    .requiredOption('--program <id>', 'its program')
    .option('--json', 'print the explanation as one JSON object')
    .description('the path, every touch that lost and why, each model, each rule, the rows')
    .action(async (id: string, _flags: unknown, command: Command) => {
      const flags = command.optsWithGlobals<{ data?: string; program: string; json?: boolean }>()
      const engine = await context.engine(flags.data)
      await catchUp(engine, context.signal)
      const explanation = await explain(engine, flags.program, id, context.signal)
      if (!explanation) {
        throw new Failure(
          `Program ${flags.program} has no conversion ${id} in the log; vouch sql "SELECT DISTINCT program_id, conversion_id FROM conversions" lists those it has.`,
        )
      }
      await writeLine(context.out, flags.json ? JSON.stringify(explanation) : explanationText(explanation))
    })
}

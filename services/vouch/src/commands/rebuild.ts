import type { Command } from 'commander'
import { type Context, writeLine } from '../context.ts'
import { restatedPeriods, restatedText } from '../finance/periods.ts'
import { foldProgress, startProgress } from '../progress.ts'
import { position } from './options.ts'

export function rebuildCommand(program: Command, context: Context): void {
  program
    .command('rebuild')
    .option('--to-position <position>', 'show what was known at this log position, in database vouch_asof', position)
    .option('--json', 'print the outcome as one JSON object')
    .description('make all tables anew from the log, beside the live ones; then move one pointer')
    .action(async (_flags: unknown, command: Command) => {
      const flags = command.optsWithGlobals<{ data?: string; toPosition?: bigint; json?: boolean }>()
      const { projector, warehouse } = await context.engine(flags.data, { recover: true })
      const progress = startProgress(context.err)
      try {
        const onProgress = foldProgress(progress, 'rebuilding')
        const to = flags.toPosition
        const reached =
          to === undefined
            ? (await projector.rebuild(onProgress, context.signal)).position
            : await projector.rebuildTo(to, onProgress, context.signal)
        progress.stop()
        const database = to === undefined ? 'vouch' : 'vouch_asof'
        // What is shown as of a position has no say in what is kept as it was declared.
        const restated = to === undefined ? await restatedPeriods(warehouse) : undefined
        if (flags.json)
          return await writeLine(context.out, JSON.stringify({ database, position: Number(reached), restated }))
        await writeLine(context.out, `Database ${database} now shows the log up to position ${reached}, folded anew.`)
        for (const it of restated ?? []) await writeLine(context.out, restatedText(it))
      } finally {
        progress.stop()
      }
    })
}

import type { Seal } from '@vouch/chain'
import type { Command } from 'commander'
import { type Context, writeLine } from '../context.ts'
import { logExportCommand } from './log-export.ts'
import { logImportCommand } from './log-import.ts'

export function logCommand(program: Command, context: Context): void {
  const log = program.command('log').description('the log itself, and what proves that it was not changed')
  logExportCommand(log, context)
  logImportCommand(log, context)
  log
    .command('seal')
    .option('--reason <words>', 'what the seal is for', 'by hand')
    .option('--json', 'print the seal as one JSON object')
    .description('seal the log up to its head: whoever has the seal can tell whether anything before was changed since')
    .action(async (_flags: unknown, command: Command) => {
      const flags = command.optsWithGlobals<{ data?: string; reason: string; json?: boolean }>()
      const { chain } = await context.engine(flags.data)
      const seal = await chain.seal(flags.reason)
      await writeLine(context.out, flags.json ? JSON.stringify(sealJson(seal)) : `${seal.position}:${seal.hash}`)
    })
  log
    .command('seals')
    .option('--json', 'print one JSON array')
    .description('all seals, oldest first')
    .action(async (_flags: unknown, command: Command) => {
      const flags = command.optsWithGlobals<{ data?: string; json?: boolean }>()
      const { chain, seals } = await context.engine(flags.data)
      await chain.catchUp()
      const list = [...seals.list()]
      if (flags.json) return writeLine(context.out, JSON.stringify(list.map(sealJson)))
      for (const { position, hash, reason, sealedAt } of list) {
        const why = reason === undefined ? '' : `  ${reason}`
        await writeLine(context.out, `${position}:${hash}  ${new Date(sealedAt).toISOString()}${why}`)
      }
    })
}

const sealJson = ({ position, count, hash, reason, ...rest }: Seal & { readonly sealedAt?: number }) => ({
  position: Number(position),
  count,
  hash,
  reason: reason ?? null,
  ...(rest.sealedAt === undefined ? {} : { sealedAt: new Date(rest.sealedAt).toISOString() }),
})

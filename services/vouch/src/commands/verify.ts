import { laws } from '@vouch/projection-attribution'
import type { Command } from 'commander'
import { type Context, writeLine } from '../context.ts'
import type { Engine } from '../engine.ts'
import { Failure } from '../failure.ts'
import { foldProgress, startProgress } from '../progress.ts'

/** A law that some rows break. */
interface Broken {
  readonly law: string
  readonly says: string
  readonly rows: number
  readonly first: unknown
}

export function verifyCommand(program: Command, context: Context): void {
  program
    .command('verify')
    .option('--json', 'print the outcome as one JSON object')
    .description('fold the log anew beside the live tables, compare, and check the conservation laws')
    .action(async (_flags: unknown, command: Command) => {
      const flags = command.optsWithGlobals<{ data?: string; json?: boolean }>()
      const engine = await context.engine(flags.data)
      const progress = startProgress(context.err)
      const { position, tables, differences } = await engine.projector
        .verify(foldProgress(progress, 'verifying'), context.signal)
        .finally(() => progress.stop())
      const broken = await checkLaws(engine)
      const found = differences.length + broken.length
      if (flags.json) {
        const numbers = differences.map((it) => ({
          ...it,
          liveRows: Number(it.liveRows),
          rebuiltRows: Number(it.rebuiltRows),
          firstPosition: Number(it.firstPosition),
        }))
        await writeLine(
          context.out,
          JSON.stringify({ position: Number(position), tables, laws: laws.length, differences: numbers, broken }),
        )
      } else {
        for (const it of differences) {
          await writeLine(
            context.out,
            `${it.table}: ${it.liveRows} rows (${it.liveHash}), the log gives ${it.rebuiltRows} (${it.rebuiltHash}), from position ${it.firstPosition} on`,
          )
        }
        for (const it of broken)
          await writeLine(
            context.out,
            `law "${it.law}" (${it.says}) is broken by ${it.rows} rows, first ${JSON.stringify(it.first)}`,
          )
        if (found === 0)
          await writeLine(
            context.out,
            `${tables} tables equal the fold of the log up to position ${position}, and ${laws.length} laws hold.`,
          )
      }
      if (found > 0)
        throw new Failure(
          'The tables are not what the log says; run vouch rebuild, and keep a copy of the data folder to find out why.',
        )
    })
}

/** The laws that the live tables break. */
export async function checkLaws({ warehouse }: Engine): Promise<Broken[]> {
  const broken: Broken[] = []
  for (const law of laws) {
    const rows = await warehouse.rows<unknown>(`SELECT * FROM (${law.query('vouch')}) LIMIT 1000`)
    if (rows.length > 0) broken.push({ law: law.name, says: law.says, rows: rows.length, first: rows[0] })
  }
  return broken
}

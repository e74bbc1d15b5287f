import type { Command } from 'commander'
import { catchUp } from '../catch-up.ts'
import { type Context, write } from '../context.ts'
import { withRemedy } from '../damage.ts'
import { Failure, misuse } from '../failure.ts'
import { collect } from './options.ts'

interface SqlFlags {
  readonly data?: string
  readonly format?: string
  readonly param: readonly string[]
}

export function sqlCommand(program: Command, context: Context): void {
  program
    .command('sql')
    .argument('<query>', 'one SELECT; unqualified names are of database vouch')
    .option('--format <name>', 'any ClickHouse output format (default: a table on a terminal, else TSVWithNames)')
    .option('--param <name=value>', 'value for {name:Type} in the query; may be given several times', collect, [])
    .description('ask the tables, read-only')
    .action(async (query: string, _flags: unknown, command: Command) => {
      const flags = command.optsWithGlobals<SqlFlags>()
      const engine = await context.engine(flags.data)
      await catchUp(engine, context.signal)
      const format = flags.format ?? (context.out.isTTY ? 'PrettyCompactMonoBlock' : 'TSVWithNames')
      const answer = await engine.warehouse.ask({
        query,
        format,
        params: paramsOf(flags.param),
        signal: context.signal,
      })
      if (answer.tag === 'refused') throw new Failure(answer.reason)
      if (answer.tag === 'failed') throw new Failure(withRemedy(answer))
      for await (const chunk of answer.body) await write(context.out, chunk as Uint8Array)
    })
}

function paramsOf(given: readonly string[]): Record<string, string> {
  const pairs = given.map((text) => {
    const at = text.indexOf('=')
    if (at < 1) throw misuse(`--param ${text} has no value; write --param name=value.`)
    return [text.slice(0, at), text.slice(at + 1)] as const
  })
  return Object.fromEntries(pairs)
}

import { type Command, InvalidArgumentError } from 'commander'
import { type Context, writeLine } from '../context.ts'
import { Failure } from '../failure.ts'
import type { Generations } from '../group/generations.ts'

function number(text: string): number {
  const value = Number(text)
  if (!/^\d{1,7}$/.test(text) || value < 1) throw new InvalidArgumentError('It must be a generation, a number from 1.')
  return value
}

interface Flags {
  readonly data?: string
  readonly json?: boolean
}

export function generationCommand(program: Command, context: Context): void {
  const group = program
    .command('generation')
    .description('the folds that vouch-projector makes, where it folds (VOUCH_PROJECTION=group)')
  const generations = async (command: Command): Promise<Generations> => {
    const engine = await context.engine(command.optsWithGlobals<Flags>().data)
    if (engine.generations) return engine.generations
    throw new Failure(
      'The log is folded here, and not by vouch-projector: vouch rebuild makes the tables anew, vouch verify compares.',
    )
  }
  group
    .command('list')
    .option('--json', 'print one JSON array')
    .description('all of them: how far they are, by which folds, and which one readers see')
    .action(async (_flags: unknown, command: Command) => {
      const list = await (await generations(command)).list()
      if (command.optsWithGlobals<Flags>().json) {
        const json = list.map((it) => ({
          ...it,
          completeUpTo: it.completeUpTo === undefined ? null : Number(it.completeUpTo),
        }))
        return writeLine(context.out, JSON.stringify(json))
      }
      for (const { generation, completeUpTo, madeBy, isShown } of list) {
        const far = completeUpTo === undefined ? 'not complete yet' : `complete up to ${completeUpTo}`
        await writeLine(context.out, `${generation}  ${far}  ${madeBy ?? 'by no group'}${isShown ? '  shown' : ''}`)
      }
    })
  group
    .command('compare')
    .argument('<number>', 'the generation', number)
    .description('hold one against what readers see, table by table; exit 1 if they differ')
    .action(async (generation: number, _flags: unknown, command: Command) => {
      const { position, differences } = await (await generations(command)).compare(generation, context.signal)
      for (const { table, liveRows, rebuiltRows, firstPosition } of differences)
        await writeLine(
          context.out,
          `${table}: readers see ${liveRows} rows, generation ${generation} has ${rebuiltRows}; they differ from position ${firstPosition} on`,
        )
      if (differences.length > 0)
        throw new Failure(
          `Generation ${generation} is not what readers see up to position ${position}. Where its folds are the same, one of the two is wrong: keep both, and find out which.`,
        )
      await writeLine(context.out, `Generation ${generation} equals what readers see, up to position ${position}.`)
    })
}

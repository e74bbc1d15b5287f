import { resolve } from 'node:path'
import { type Command, InvalidArgumentError } from 'commander'
import { type Context, writeLine } from '../context.ts'
import { prepareFolder } from '../demo/folder.ts'
import { paperFor } from '../demo/layout.ts'
import { nextCommands } from '../demo/next.ts'
import { play } from '../demo/play.ts'
import { prove } from '../demo/proof.ts'
import { readReport } from '../demo/report.ts'
import { simulate, wavesOf } from '../demo/simulate.ts'
import { farewellText, reportText } from '../demo/text.ts'
import { interrupted } from '../failure.ts'
import { foldProgress, startProgress } from '../progress.ts'

const defaultFolder = '.vouch-demo'

interface DemoFlags {
  readonly data?: string
  readonly seed: number
  readonly json?: boolean
}

export function demoCommand(program: Command, context: Context): void {
  program
    .command('demo')
    .option('--seed <number>', 'another seed gives another spring', seedNumber, 1)
    .option('--json', 'print all that it shows as one JSON object')
    .description(`a small simulated program, end to end, and what comes of it; kept in ${defaultFolder} or --data`)
    .action(async (_flags: unknown, command: Command) => {
      const flags = command.optsWithGlobals<DemoFlags>()
      await runDemo(context, flags)
    })
}

async function runDemo(
  { out, err, cwd, signal }: Context,
  { data = defaultFolder, seed, json }: DemoFlags,
): Promise<void> {
  const dataDir = resolve(cwd, data)
  prepareFolder(dataDir, data)
  const progress = startProgress(err)
  try {
    const { engine, outcomes } = await play(dataDir, wavesOf(simulate(seed)), progress, signal)
    try {
      const proof = await prove(engine, foldProgress(progress, 'verifying'), signal)
      const report = await readReport(engine, seed, outcomes)
      progress.stop()
      const next = nextCommands(data)
      if (json) await writeLine(out, JSON.stringify({ dataDir, ...report, proof, next }))
      else {
        const paper = paperFor(out)
        await writeLine(out, `${reportText(report, paper)}\n\n${farewellText(proof, next, paper)}`)
      }
    } finally {
      await engine.close()
    }
  } catch (error) {
    if (signal.aborted) throw interrupted('Stopped half way; vouch demo begins anew when it is run again.')
    throw error
  } finally {
    progress.stop()
  }
}

function seedNumber(text: string): number {
  const value = Number(text)
  if (!/^\d+$/.test(text) || value > 2_000_000_000)
    throw new InvalidArgumentError('It must be a whole number from 0 to 2000000000.')
  return value
}

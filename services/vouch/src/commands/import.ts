import { mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { type ImportProgress, type ImportReport, importFiles } from '@vouch/ingestion'
import { type Command, Option } from 'commander'
import { isLeft } from 'fp-ts/lib/Either.js'
import type { Context } from '../context.ts'
import { writeLine } from '../context.ts'
import type { Engine } from '../engine.ts'
import { Failure } from '../failure.ts'
import { foldProgress, type Progress, startProgress } from '../progress.ts'
import { collect } from './options.ts'

interface ImportFlags {
  readonly data?: string
  readonly map: readonly string[]
  readonly order: 'time' | 'file'
  readonly acceptLate?: boolean
  readonly rejects?: string
  readonly json?: boolean
}

export function importCommand(program: Command, context: Context): void {
  program
    .command('import')
    .argument('<file...>', 'NDJSON events, or CSV with a mapping; either may be packed with gzip')
    .option('--map <file>', 'YAML mapping for CSV files; may be given several times', collect, [])
    .addOption(
      new Option('--order <order>', 'merge all files by event time, or take them as they stand')
        .choices(['time', 'file'])
        .default('time'),
    )
    .option('--accept-late', 'append facts beyond the horizon too; they come to nothing but a row in exclusions')
    .option('--rejects <file>', 'where rejected and conflicting lines go (default: a new file in DATA/rejects)')
    .option('--json', 'print the counts as one JSON object')
    .description('append events from files, and project them')
    .action(async (files: string[], _flags: unknown, command: Command) => {
      const flags = command.optsWithGlobals<ImportFlags>()
      const engine = await context.engine(flags.data)
      await runImport(context, engine, files, flags)
    })
}

async function runImport(
  context: Context,
  engine: Engine,
  files: readonly string[],
  flags: ImportFlags,
): Promise<void> {
  const { projector, admission, store, clock } = engine
  const progress = startProgress(context.err)
  try {
    await projector.catchUp(foldProgress(progress, 'projecting'), context.signal)
    const result = await importFiles({
      files: files.map((file) => resolve(context.cwd, file)),
      maps: flags.map.map((file) => resolve(context.cwd, file)),
      order: flags.order,
      acceptLate: flags.acceptLate,
      rejectsPath: rejectsPath(context, engine, flags.rejects),
      admission,
      store,
      programs: {
        clock: (programId) => engine.program(programId)?.clock,
        versions: (programId) => engine.program(programId)?.versions ?? [],
      },
      now: clock(),
      tmpDir: tmpdir(),
      signal: context.signal,
      onProgress: (at) => showImport(progress, at),
    })()
    // What was appended is projected even where the import did not go to its end.
    await projector.catchUp(foldProgress(progress, 'projecting'))
    progress.stop()
    if (isLeft(result)) throw new Failure(result.left.message)
    await report(context, result.right, flags.json ?? false)
    if (result.right.rejected + result.right.conflict > 0) throw new Failure(rejectMessage(result.right))
  } finally {
    progress.stop()
  }
}

function rejectsPath(context: Context, { dataDir, clock }: Engine, given: string | undefined): string {
  if (given !== undefined) return resolve(context.cwd, given)
  const folder = join(dataDir, 'rejects')
  mkdirSync(folder, { recursive: true })
  return join(folder, `import-${new Date(clock()).toISOString().replaceAll(':', '')}.ndjson`)
}

function showImport(progress: Progress, { phase, bytesRead, bytesTotal, events, eventsTotal }: ImportProgress): void {
  if (eventsTotal === undefined) progress.update(phase, bytesRead, bytesTotal, `${events} events`)
  else progress.update(phase, events, eventsTotal, `${events} of ${eventsTotal} events`)
}

async function report({ out }: Context, result: ImportReport, json: boolean): Promise<void> {
  const { read, appended, duplicate, conflict, rejected, rejects } = result
  if (json) return writeLine(out, JSON.stringify({ read, appended, duplicate, conflict, rejected, rejects }))
  const unmapped = result.unmapped > 0 ? `, ${result.unmapped} rows of which the mapping makes no event` : ''
  await writeLine(
    out,
    `${read} read: ${appended} appended, ${duplicate} duplicate, ${conflict} in conflict, ${rejected} rejected${unmapped}.`,
  )
}

const rejectMessage = ({ rejected, conflict, rejects }: ImportReport): string =>
  `${rejected} lines were rejected and ${conflict} are in conflict with the log; each stands in ${rejects} with its reason.`

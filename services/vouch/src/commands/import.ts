import { type ImportFailure, type ImportProgress, type ImportReport, importFiles } from '@vouch/ingestion'
import { type Command, Option } from 'commander'
import { isLeft } from 'fp-ts/lib/Either.js'
import { catchUp } from '../catch-up.ts'
import { type Context, pathOf, writeLine } from '../context.ts'
import type { Engine } from '../engine.ts'
import { Failure, interrupted, misuse } from '../failure.ts'
import { foldProgress, type Progress, startProgress } from '../progress.ts'
import { collect } from './options.ts'
import { folderIn, rejectsPath } from './rejects.ts'

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
    await catchUp(engine, context.signal, foldProgress(progress, 'projecting'))
    const result = await importFiles({
      files: files.map((file) => pathOf(context, file)),
      maps: flags.map.map((file) => pathOf(context, file)),
      order: flags.order,
      acceptLate: flags.acceptLate,
      rejectsPath: rejectsPath(context, engine, 'import', flags.rejects),
      admission,
      store,
      programs: await engine.knowledge.programs(),
      now: clock(),
      tmpDir: folderIn(engine, 'tmp'),
      signal: context.signal,
      onProgress: (at) => showImport(progress, at),
    })()
    // What was appended is projected even where the import did not go to its end; when interrupted, by the next command.
    if (!context.signal.aborted) await projector.catchUp(foldProgress(progress, 'projecting'), context.signal)
    progress.stop()
    if (isLeft(result)) throw failureOf(result.left)
    await report(context, result.right, flags.json ?? false)
    if (result.right.rejected + result.right.conflict > 0) throw new Failure(rejectMessage(result.right))
  } finally {
    progress.stop()
  }
}

function failureOf({ tag, message }: ImportFailure): Failure {
  switch (tag) {
    case 'unusable':
      return misuse(message)
    case 'aborted':
      return interrupted(message)
    default:
      return new Failure(message)
  }
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

function rejectMessage({ rejected, conflict, rejects }: ImportReport): string {
  const were = rejected === 1 ? '1 line was rejected' : `${rejected} lines were rejected`
  const are = conflict === 1 ? '1 is in conflict with the log' : `${conflict} are in conflict with the log`
  return `${were} and ${are}; each stands in ${rejects} with its reason: mend what is wrong and import it again.`
}

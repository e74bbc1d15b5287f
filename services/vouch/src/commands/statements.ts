import { readFile as readText, rename, writeFile } from 'node:fs/promises'
import { statementStatuses } from '@vouch/domain'
import { openSource, parseStatementMapping, type StatementMapping, UnreadableFile } from '@vouch/ingestion'
import { type Command, Option } from 'commander'
import { isLeft } from 'fp-ts/lib/Either.js'
import { type Context, pathOf, writeLine } from '../context.ts'
import type { Engine } from '../engine.ts'
import { Failure, misuse } from '../failure.ts'
import { importStatement, type LineNotTaken, type StatementCounts } from '../finance/import-statement.ts'
import { readStatement, type StatementFormat, statementFormats } from '../finance/read-statement.ts'
import type { Booked } from '../finance/reconciliation.ts'
import { type ReadLine, UnusableStatement } from '../finance/statement-file.ts'
import { name } from './options.ts'
import { rejectsPath } from './rejects.ts'

interface ImportFlags {
  readonly data?: string
  readonly format: StatementFormat
  readonly provider: string
  readonly map?: string
  readonly rejects?: string
  readonly json?: boolean
}

export function statementsCommand(program: Command, context: Context): void {
  program
    .command('statements')
    .description('what providers say happened to payments')
    .command('import')
    .argument('<file>', 'statement of a provider; it may be packed with gzip')
    .addOption(new Option('--format <name>', 'of the statement').choices(statementFormats).default('csv'))
    .option('--map <file>', 'YAML mapping, for CSV whose columns have other names')
    .option('--provider <name>', 'whose statement it is, as in asset:cash:PROVIDER', name, 'bank')
    .option('--rejects <file>', 'where rejected and conflicting lines go (default: a new file in DATA/rejects)')
    .option('--json', 'print the counts as one JSON object')
    .description('record what a statement says, each line once, and book what it settles')
    .action(async (file: string, _flags: unknown, command: Command) => {
      const flags = command.optsWithGlobals<ImportFlags>()
      const lines = await readFile(context, file, flags)
      const engine = await context.engine(flags.data)
      await importLines(context, engine, { file, lines, flags })
    })
}

async function readFile(context: Context, file: string, { provider, format, map }: ImportFlags): Promise<ReadLine[]> {
  if (map !== undefined && format !== 'csv')
    throw misuse('camt.053 says itself what each of its fields is; leave --map out, or import CSV.')
  const mapping = map === undefined ? undefined : await readMapping(context, map)
  try {
    const source = await openSource(pathOf(context, file))
    return await readStatement(source.chunks(), { format, provider, mapping, file, now: context.clock() })
  } catch (error) {
    if (error instanceof UnreadableFile) throw misuse(error.message)
    if (error instanceof UnusableStatement) throw misuse(`${file} cannot be used. ${error.message}`)
    throw error
  }
}

async function readMapping(context: Context, file: string): Promise<StatementMapping> {
  let yaml: string
  try {
    yaml = await readText(pathOf(context, file), 'utf8')
  } catch (error) {
    throw misuse(`The mapping ${file} cannot be read: ${(error as Error).message}.`)
  }
  const mapping = parseStatementMapping(yaml, file)
  if (isLeft(mapping)) throw misuse(mapping.left.join('\n'))
  return mapping.right
}

interface Imported {
  readonly file: string
  readonly lines: readonly ReadLine[]
  readonly flags: ImportFlags
}

async function importLines(context: Context, engine: Engine, { file, lines, flags }: Imported): Promise<void> {
  const { signal, out } = context
  const { counts, booked, notTaken } = await importStatement(engine, lines, signal)
  const path = notTaken.length === 0 ? null : rejectsPath(context, engine, 'statement', flags.rejects)
  if (path !== null) await writeWhole(path, notTaken.map((it) => `${JSON.stringify({ file, ...it })}\n`).join(''))
  if (flags.json) await writeLine(out, JSON.stringify({ ...counts, rejects: path, booked }))
  else await writeLine(out, countsText(counts, booked))
  if (path !== null) throw new Failure(rejectMessage(notTaken, path))
}

/** Under its own name it is never half there. */
async function writeWhole(path: string, text: string): Promise<void> {
  try {
    await writeFile(`${path}.partial`, text)
    await rename(`${path}.partial`, path)
  } catch (error) {
    throw new Failure(`The rejects file ${path} cannot be written: ${(error as Error).message}.`)
  }
}

function countsText(counts: StatementCounts, booked: Booked): string {
  const { read, appended, duplicate, conflict, rejected } = counts
  const outcomes = statementStatuses.flatMap((what) => (booked[what] === undefined ? [] : [`${booked[what]} ${what}`]))
  const told = `${read} read: ${appended} appended, ${duplicate} duplicate, ${conflict} in conflict, ${rejected} rejected.`
  return outcomes.length === 0 ? told : `${told} Booked: ${outcomes.join(', ')}.`
}

function rejectMessage(rejects: readonly LineNotTaken[], path: string): string {
  const [first] = rejects
  const were = rejects.length === 1 ? '1 line was' : `${rejects.length} lines were`
  const why = `line ${first?.line}: ${[first?.field, first?.reason].filter(Boolean).join(' ')}`
  return `${were} not taken (${why}); each stands in ${path} with its reason: mend what is wrong and import it again.`
}

import { readFile as readText, rename, writeFile } from 'node:fs/promises'
import { type StatedLine, statementStatuses } from '@vouch/domain'
import { openSource, parseStatementMapping, type StatementMapping, UnreadableFile } from '@vouch/ingestion'
import { type Command, Option } from 'commander'
import { isLeft } from 'fp-ts/lib/Either.js'
import { type Context, pathOf, writeLine } from '../context.ts'
import type { Engine } from '../engine.ts'
import { Failure, misuse } from '../failure.ts'
import { type Booked, bookStatements } from '../finance/reconciliation.ts'
import { readCamtStatement } from '../finance/statement-camt.ts'
import { readCsvStatement } from '../finance/statement-csv.ts'
import { type ReadLine, UnusableStatement } from '../finance/statement-file.ts'
import { type RecordedLine, recordStatement } from '../finance/statements.ts'
import { name } from './options.ts'
import { rejectsPath } from './rejects.ts'

interface ImportFlags {
  readonly data?: string
  readonly format: 'csv' | 'camt.053'
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
    .addOption(new Option('--format <name>', 'of the statement').choices(['csv', 'camt.053']).default('csv'))
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
    const options = { provider, now: context.clock() }
    if (format === 'camt.053') return readCamtStatement(Buffer.concat(await gathered(source.chunks())), options)
    return await gathered(readCsvStatement(source.chunks(), { ...options, mapping, file }))
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

async function gathered<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}

interface Imported {
  readonly file: string
  readonly lines: readonly ReadLine[]
  readonly flags: ImportFlags
}

async function importLines(context: Context, engine: Engine, { file, lines, flags }: Imported): Promise<void> {
  const { signal, out } = context
  const readable = lines.filter((line) => 'stated' in line)
  const outcomes = await recordStatement(
    engine,
    readable.map(({ stated }) => stated),
    signal,
  )
  const booked = await bookStatements(engine, signal)
  const recorded = new Map<ReadLine, RecordedLine>(
    readable.map((line, index) => [line, outcomes[index] as RecordedLine]),
  )
  const rejects = lines.flatMap((line) => rejectOf(line, recorded.get(line), file))
  const path = rejects.length === 0 ? null : rejectsPath(context, engine, 'statement', flags.rejects)
  if (path !== null) await writeWhole(path, rejects.map((it) => `${JSON.stringify(it)}\n`).join(''))
  const count = (of: RecordedLine['outcome']) => outcomes.filter(({ outcome }) => outcome === of).length
  const counts = {
    read: lines.length,
    appended: count('appended'),
    duplicate: count('duplicate'),
    conflict: count('conflict'),
    rejected: lines.length - readable.length,
  }
  if (flags.json) await writeLine(out, JSON.stringify({ ...counts, rejects: path, booked }))
  else await writeLine(out, countsText(counts, booked))
  if (path !== null) throw new Failure(rejectMessage(rejects, path))
}

interface Reject {
  readonly file: string
  readonly line: number
  readonly outcome: 'rejected' | 'conflict'
  readonly field: string
  readonly reason: string
  readonly input: string
}

function rejectOf(read: ReadLine, recorded: RecordedLine | undefined, file: string): Reject[] {
  const { line, input } = read
  if (!('stated' in read)) {
    const { field, reason } = read
    return [{ file, line, outcome: 'rejected', field, reason, input }]
  }
  if (recorded?.outcome !== 'conflict') return []
  const { existing } = recorded
  const keys = [...new Set([...Object.keys(existing), ...Object.keys(read.stated)])] as (keyof StatedLine)[]
  const differing = keys.filter((key) => JSON.stringify(existing[key]) !== JSON.stringify(read.stated[key]))
  const before = differing.map((key) => `${key} ${JSON.stringify(existing[key] ?? null)}`).join(', ')
  const reason = `the log has the line ${existing.lineId} of ${existing.statementId} with ${before}; a statement that is corrected has ids of its own`
  return [{ file, line, outcome: 'conflict', field: differing[0] ?? '', reason, input }]
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

function countsText(counts: Readonly<Record<string, number>>, booked: Booked): string {
  const { read, appended, duplicate, conflict, rejected } = counts
  const outcomes = statementStatuses.flatMap((what) => (booked[what] === undefined ? [] : [`${booked[what]} ${what}`]))
  const told = `${read} read: ${appended} appended, ${duplicate} duplicate, ${conflict} in conflict, ${rejected} rejected.`
  return outcomes.length === 0 ? told : `${told} Booked: ${outcomes.join(', ')}.`
}

function rejectMessage(rejects: readonly Reject[], path: string): string {
  const [first] = rejects
  const were = rejects.length === 1 ? '1 line was' : `${rejects.length} lines were`
  const why = `line ${first?.line}: ${[first?.field, first?.reason].filter(Boolean).join(' ')}`
  return `${were} not taken (${why}); each stands in ${path} with its reason: mend what is wrong and import it again.`
}

import { readFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { isLeft } from 'fp-ts/lib/Either.js'
import { v7 as uuid } from 'uuid'
import { parse } from 'yaml'
import { catchUp } from '../catch-up.ts'
import { type Context, pathOf, writeLine } from '../context.ts'
import type { Engine } from '../engine.ts'
import { Failure, misuse } from '../failure.ts'

export function programCommand(program: Command, context: Context): void {
  program
    .command('program')
    .description('the terms of programs')
    .command('publish')
    .argument('<file>', 'YAML file with the whole terms')
    .option('--json', 'print the outcome as one JSON object')
    .description('validate terms and publish them')
    .action(async (file: string, _flags: unknown, command: Command) => {
      const flags = command.optsWithGlobals<{ data?: string; json?: boolean }>()
      const data = await readTerms(file, pathOf(context, file))
      const engine = await context.engine(flags.data)
      const time = new Date(engine.clock()).toISOString()
      const event = { specversion: '1.0', id: uuid(), source: 'vouch', type: 'vouch.program.published.v1', time, data }
      const answer = await engine.admission.admit([{ tag: 'value', value: event }], { scopes: new Set(['admin']) })()
      if (isLeft(answer)) throw new Failure(answer.left.message)
      const [outcome] = answer.right
      if (outcome?.outcome === 'rejected')
        throw new Failure(`${file}: ${[outcome.field, outcome.reason].join(' ').trim()}.`)
      if (outcome?.outcome !== 'appended' && outcome?.outcome !== 'duplicate')
        throw new Failure(`${file} could not be published.`)
      await catchUp(engine, context.signal)
      const { programId } = data as { programId: string }
      const version = await versionAt(engine, programId, outcome.position)
      const position = Number(outcome.position)
      if (flags.json)
        return writeLine(context.out, JSON.stringify({ outcome: outcome.outcome, programId, version, position }))
      const said =
        outcome.outcome === 'appended'
          ? `is published as version ${version}`
          : `has these terms already, as version ${version}`
      await writeLine(context.out, `Program ${programId} ${said} (position ${position}).`)
    })
}

/** The version that the publication at a log position made. */
async function versionAt({ warehouse }: Engine, programId: string, position: bigint): Promise<number> {
  const [row] = await warehouse.rows<{ version: number }>(
    'SELECT version FROM vouch.programs WHERE program_id = {programId:String} AND position = {position:UInt64}',
    { programId, position: position.toString() },
  )
  if (!row) throw new Error(`The terms of ${programId} at position ${position} are in no row of vouch.programs.`)
  return row.version
}

/** @param file as it was typed */
async function readTerms(file: string, path: string): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw misuse(`The terms ${path} cannot be read (${error.code ?? error.message}); name a YAML file.`)
  })
  try {
    const terms: unknown = parse(text)
    if (terms === null) throw new Failure(`${file} is empty; write the whole terms of a program.`)
    return terms
  } catch (error) {
    if (error instanceof Failure) throw error
    const [what = ''] = (error instanceof Error ? error.message : String(error)).split('\n')
    throw new Failure(`${file} is no YAML: ${what.replace(/[:.]$/, '')}; correct it there.`)
  }
}

import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Command } from 'commander'
import { isLeft } from 'fp-ts/lib/Either.js'
import { v7 as uuid } from 'uuid'
import { parse } from 'yaml'
import { type Context, writeLine } from '../context.ts'
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
      const data = await readTerms(resolve(context.cwd, file))
      const engine = await context.engine(flags.data)
      const time = new Date(engine.clock()).toISOString()
      const event = { specversion: '1.0', id: uuid(), source: 'vouch', type: 'vouch.program.published.v1', time, data }
      const answer = await engine.admission.admit([{ tag: 'value', value: event }], { scopes: new Set(['admin']) })()
      if (isLeft(answer)) throw new Failure(answer.left.message)
      const [outcome] = answer.right
      if (outcome?.outcome === 'rejected') throw new Failure(`${file}: ${outcome.field}: ${outcome.reason}.`)
      if (outcome?.outcome !== 'appended' && outcome?.outcome !== 'duplicate')
        throw new Failure(`${file} could not be published.`)
      await engine.projector.catchUp(undefined, context.signal)
      const { programId } = data as { programId: string }
      const version = engine.program(programId)?.versions.length ?? 0
      const position = Number(outcome.position)
      if (flags.json)
        return writeLine(context.out, JSON.stringify({ outcome: outcome.outcome, programId, version, position }))
      const said = outcome.outcome === 'appended' ? `is published as version ${version}` : 'has these terms already'
      await writeLine(context.out, `Program ${programId} ${said} (position ${position}).`)
    })
}

async function readTerms(file: string): Promise<unknown> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw misuse(`The terms ${file} cannot be read (${error.code ?? error.message}); name a YAML file.`)
  })
  try {
    return parse(text)
  } catch (error) {
    throw new Failure(
      `${file} is no YAML: ${error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)}`,
    )
  }
}

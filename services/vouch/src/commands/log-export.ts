import { createWriteStream, rmSync } from 'node:fs'
import { finished } from 'node:stream/promises'
import { archiveLines } from '@vouch/chain'
import type { Command } from 'commander'
import { type Context, type Output, pathOf, write } from '../context.ts'
import type { Engine } from '../engine.ts'
import { Failure } from '../failure.ts'
import { startProgress } from '../progress.ts'
import { version } from '../version.ts'

interface ExportFlags {
  readonly data?: string
  readonly out?: string
}

export function logExportCommand(log: Command, context: Context): void {
  log
    .command('export')
    .option('--out <file>', 'a new file to write to (default: standard output)')
    .description('the whole log as NDJSON, a line an event, each with its hash; vouch log import takes it')
    .addHelpText('after', '\nPersonal data is in it as it is in the log: sealed, under keys that are not in it.')
    .action(async (_flags: unknown, command: Command) => {
      const { data, out } = command.optsWithGlobals<ExportFlags>()
      const engine = await context.engine(data)
      if (out === undefined) await exportTo(context, engine, context.out)
      else await inNewFile(pathOf(context, out), (file) => exportTo(context, engine, file))
    })
}

async function exportTo({ err, signal, clock }: Context, { store, log }: Engine, out: Output): Promise<void> {
  const head = await store.head()
  const progress = startProgress(err)
  const made = { head, store: log.describe().kind, by: `vouch ${version}`, at: clock() }
  try {
    for await (const { lines, position } of archiveLines(store.readAll(0n), made)) {
      signal.throwIfAborted()
      await write(out, lines)
      progress.update('exporting', Number(position), Number(head))
    }
  } finally {
    progress.stop()
  }
}

/** Writes a file that was not there, and makes it durable; what could not be written to its end is removed. */
async function inNewFile(path: string, writeTo: (file: Output) => Promise<void>): Promise<void> {
  // Ids are pseudonyms, but they are all there are: for the owner's eyes alone, as the log.
  const file = createWriteStream(path, { flags: 'wx', mode: 0o600, flush: true })
  const opened = new Promise<void>((resolve, reject) => {
    file.once('open', () => resolve())
    file.on('error', reject)
  })
  await opened.catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
    throw new Failure(`${path} is there already; name another file, or remove it.`)
  })
  try {
    await writeTo(file)
    file.end()
    await finished(file)
  } catch (error) {
    file.destroy()
    rmSync(path, { force: true })
    throw error
  }
}

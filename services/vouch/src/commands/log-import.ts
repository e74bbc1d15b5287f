import { createReadStream, statSync } from 'node:fs'
import { ArchiveBroken, NotRestored, type Restored, restoreLog } from '@vouch/chain'
import type { Command } from 'commander'
import { catchUp } from '../catch-up.ts'
import { type Context, pathOf, writeLine } from '../context.ts'
import type { Engine } from '../engine.ts'
import { Failure, misuse } from '../failure.ts'
import { forgetAgain } from '../personal.ts'
import { foldProgress, startProgress } from '../progress.ts'

interface ImportFlags {
  readonly data?: string
  readonly json?: boolean
}

export function logImportCommand(log: Command, context: Context): void {
  log
    .command('import')
    .argument('<file>', 'what vouch log export has written')
    .option('--json', 'print the counts as one JSON object')
    .description('fill an empty log from an exported one, in the same order and with the same times of recording')
    .addHelpText('after', '\nAn import that was interrupted goes on where it stopped when it is run again.')
    .action(async (file: string, _flags: unknown, command: Command) => {
      const flags = command.optsWithGlobals<ImportFlags>()
      if (context.serve === undefined)
        throw new Failure(
          'A server runs on this folder, and could take in other events meanwhile: stop it, import the log, and start it again.',
        )
      const path = pathOf(context, file)
      const bytes = bytesOf(path, file)
      const engine = await context.engine(flags.data)
      const restored = await restore(context, engine, path, bytes)
      await report(context, engine, restored, flags.json ?? false)
    })
}

/** Of a file that can be read from its beginning twice. */
function bytesOf(path: string, named: string): number {
  const stat = statSync(path, { throwIfNoEntry: false })
  if (stat === undefined) throw misuse(`There is no file ${named}; name one that vouch log export has written.`)
  if (!stat.isFile()) throw misuse(`${named} is no file on a disk, and it is read twice: write it to one first.`)
  return stat.size
}

async function restore(context: Context, engine: Engine, path: string, bytes: number): Promise<Restored> {
  const { err, signal } = context
  const { store, seals, log, personal, warehouse, clock } = engine
  const progress = startProgress(err)
  let bytesRead = 0
  try {
    const restored = await restoreLog({
      open: async function* () {
        bytesRead = 0
        for await (const chunk of createReadStream(path, { highWaterMark: chunkBytes })) {
          bytesRead += (chunk as Buffer).length
          yield chunk as Buffer
        }
      },
      store,
      seals,
      countsPositions: log.bucketPositions === undefined,
      signal,
      onProgress: (phase, events) => progress.update(phase, bytesRead, bytes, `${events} events`),
    })
    await catchUp(engine, signal, foldProgress(progress, 'projecting'))
    // Keys that were copied along can be older than the log, which says who was forgotten since.
    await forgetAgain(personal, store, warehouse, clock())
    return restored
  } catch (error) {
    throw error instanceof ArchiveBroken || error instanceof NotRestored ? new Failure(error.message) : error
  } finally {
    progress.stop()
  }
}

const chunkBytes = 1024 * 1024

async function report({ out }: Context, { store }: Engine, restored: Restored, json: boolean): Promise<void> {
  const { read, appended, present, hash } = restored
  const head = await store.head()
  if (json) return writeLine(out, JSON.stringify({ read, appended, present, head: Number(head), hash }))
  await writeLine(
    out,
    `${read} events read: ${appended} appended, ${present} there already. The log ends at ${head}:${hash}, a seal.`,
  )
}

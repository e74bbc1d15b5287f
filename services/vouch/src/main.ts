import { createLogger, readSettings } from '@vouch/observability'
import { buildProgram, isForwarded } from './cli.ts'
import type { Context, Output } from './context.ts'
import { forward } from './control/client.ts'
import { type Engine, openEngine } from './engine.ts'
import { foldProgress, startProgress } from './progress.ts'
import { Forwarded, runCommand } from './run.ts'
import { serve } from './serve.ts'

const argv = process.argv.slice(2)
const stopping = new AbortController()
for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => stopping.abort())
// A reader that has seen enough (head, less) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0)
  throw error
})

let opened: Engine | undefined
const out: Output = process.stdout
const err: Output = process.stderr
const settingsFor = (dataDir: string | undefined) => readSettings(process.env, { dataDir })

async function open(dataDir: string | undefined): Promise<Engine> {
  const settings = settingsFor(dataDir)
  const progress = startProgress(err)
  try {
    opened ??= await openEngine({
      dataDir: settings.dataDir,
      command: `vouch ${argv[0] ?? ''}`.trim(),
      onRebuild: foldProgress(progress, 'rebuilding'),
    })
    return opened
  } finally {
    progress.stop()
  }
}

const context: Context = {
  out,
  err,
  cwd: process.cwd(),
  signal: stopping.signal,
  clock: Date.now,
  engine: open,
  serve: async (options) =>
    serve(context, await open(options.dataDir), options, createLogger(settingsFor(options.dataDir).logLevel)),
}

const program = buildProgram(context)
program.hook('preAction', async (_program, command) => {
  if (!isForwarded(command)) return
  const { dataDir } = settingsFor(command.optsWithGlobals<{ data?: string }>().data)
  const request = { argv, cwd: context.cwd, outColumns: columnsOf(out), errColumns: columnsOf(err) }
  const exitCode = await forward(dataDir, request, context)
  if (exitCode !== undefined) throw new Forwarded(exitCode)
})

function columnsOf({ isTTY, columns }: Output): number | null {
  return isTTY ? (columns ?? 80) : null
}

const exitCode = await runCommand(program, argv, err, stopping.signal)
await opened?.close()
process.exitCode = exitCode

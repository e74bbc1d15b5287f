import { setTimeout as pause } from 'node:timers/promises'
import { boundHeap } from '@vouch/observability/heap'
import { readSettings } from '@vouch/observability/settings'
import { buildProgram, isForwarded } from './cli.ts'
import { type Context, type OpenOptions, type Output, writeLine } from './context.ts'
import { forward } from './control/client.ts'
import type { Engine } from './engine.ts'
import { FolderInUse, misuse } from './failure.ts'
import { foldProgress, startProgress } from './progress.ts'
import { Forwarded, runCommand } from './run.ts'
import { stopping } from './stopping.ts'

boundHeap()
const argv = process.argv.slice(2)

// npm hands SIGTERM to the shell between us and not on to us: that our parent has gone is all we learn of it.
const parent = process.ppid
if (process.env.npm_command !== undefined) {
  setInterval(() => process.ppid !== parent && stopping.abort(), 250).unref()
}

const out: Output = process.stdout
const err: Output = process.stderr
// Whoever writes is told by the callback of the write.
for (const output of [out, err]) output.on('error', () => undefined)

const settingsFor = (dataDir: string | undefined) => readSettings(process.env, { dataDir })

let opened: Engine | undefined

async function open(
  dataDir: string | undefined,
  { recover = false, inThreads = false }: OpenOptions = {},
): Promise<Engine> {
  const settings = settingsFor(dataDir)
  // A command that a server does needs neither.
  const [{ loadChdb }, { openEngine }] = await Promise.all([import('@vouch/warehouse'), import('./engine.ts')])
  // Not while the folder is held, which others may be waiting for.
  if (settings.warehouse.tag === 'chdb') await loadChdb()
  const progress = startProgress(err)
  try {
    opened ??= await whenFree(() =>
      openEngine({
        dataDir: settings.dataDir,
        masterKey: settings.masterKey,
        eventStore: settings.eventStore,
        warehouse: settings.warehouse,
        projection: settings.projection,
        command: `vouch ${argv[0] ?? ''}`.trim(),
        recover,
        inThreads,
        onRebuild: foldProgress(progress, 'rebuilding'),
        signal: stopping.signal,
        onNotice: (text) => void writeLine(err, text),
      }),
    )
    return opened
  } finally {
    progress.stop()
  }
}

/** Has a server do the command, if one listens; absent for commands that no server does. */
let tryServer: (() => Promise<void>) | undefined

/** How long a command waits for another one, or for a server that starts, to let it in. */
const patienceMs = 5_000

async function whenFree(openFolder: () => Promise<Engine>): Promise<Engine> {
  for (const since = performance.now(); ; await pause(50)) {
    try {
      return await openFolder()
    } catch (error) {
      const isPatient = tryServer !== undefined && performance.now() - since < patienceMs && !stopping.signal.aborted
      if (!(error instanceof FolderInUse) || !isPatient) throw error
      await tryServer?.()
    }
  }
}

const context: Context = {
  out,
  err,
  cwd: process.cwd(),
  signal: stopping.signal,
  clock: Date.now,
  get kafka() {
    return settingsFor(undefined).kafka
  },
  engine: open,
  serve: async (options) => {
    const engine = await open(options.dataDir, { inThreads: true })
    // What serves takes a quarter of a second to load, which no other command should wait for.
    const { createLogger } = await import('@vouch/observability')
    const { serve } = await import('./serve.ts')
    // A logger that writes by itself waits for ever where the disk is full; a lost line is the lesser evil.
    const { logLevel, limits } = settingsFor(options.dataDir)
    const logger = createLogger(logLevel, out)
    const set = Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== undefined))
    await serve(context, engine, { ...options, limits: set }, logger)
  },
}

const program = await buildProgram(context, argv)
program.hook('preAction', async (_program, command) => {
  if (command.name() === 'demo') {
    const { eventStore, warehouse } = settingsFor(undefined)
    if (eventStore.tag !== 'sqlite')
      throw misuse('vouch demo makes up a log, which belongs on no server: run it without VOUCH_EVENT_STORE.')
    if (warehouse.tag !== 'chdb')
      throw misuse('vouch demo makes up a log, whose tables belong on no server: run it without VOUCH_WAREHOUSE.')
  }
  if (!isForwarded(command)) return
  const { dataDir } = settingsFor(command.optsWithGlobals<{ data?: string }>().data)
  const { cwd } = context
  const request = { argv, cwd, pid: process.pid, outColumns: columnsOf(out), errColumns: columnsOf(err) }
  tryServer = async () => {
    const exitCode = await forward(dataDir, request, context)
    if (exitCode !== undefined) throw new Forwarded(exitCode)
  }
  await tryServer()
})

function columnsOf({ isTTY, columns }: Output): number | null {
  return isTTY ? columns || 80 : null
}

const exitCode = await runCommand(program, argv, err, stopping.signal)
await opened?.close()
process.exitCode = exitCode

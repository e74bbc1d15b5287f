import { SettingsError } from '@vouch/observability/settings'
import { type Command, CommanderError } from 'commander'
import type { Output } from './context.ts'
import { ReaderGone, writeLine } from './context.ts'
import { withRemedy } from './damage.ts'
import { Failure, interrupted } from './failure.ts'

const stopped = interrupted('Stopped; what was acknowledged is kept, and the same command completes the rest.')

/** Runs a command line to its end and says how it ended. A mistake is one sentence on `err`; a defect shows its stack. */
export async function runCommand(
  program: Command,
  argv: readonly string[],
  err: Output,
  signal: AbortSignal,
): Promise<number> {
  try {
    await program.parseAsync([...argv], { from: 'user' })
    return 0
  } catch (error) {
    const { exitCode, message } = await endingOf(error, signal)
    // Where even this cannot be written, the exit code still tells.
    if (message !== undefined) await writeLine(err, message).catch(() => undefined)
    return exitCode
  }
}

interface Ending {
  readonly exitCode: number
  readonly message?: string
}

async function endingOf(error: unknown, signal: AbortSignal): Promise<Ending> {
  // Commander has said it already.
  if (error instanceof CommanderError) return { exitCode: error.exitCode === 0 ? 0 : 2 }
  if (error instanceof Forwarded) return { exitCode: error.exitCode }
  if (error instanceof ReaderGone) return { exitCode: 0 }
  if (signal.aborted) {
    // A server that stops says so; otherwise it was who typed the command.
    if (signal.reason instanceof Failure) return signal.reason
    return error instanceof Failure && error.exitCode === stopped.exitCode ? error : stopped
  }
  if (error instanceof Failure) return error
  if (error instanceof SettingsError) return { exitCode: 2, message: error.message }
  const { StateFailure, StoreError, WarehouseError } = await thrownByParts()
  if (error instanceof WarehouseError) return { exitCode: 1, message: withRemedy(error) }
  if (error instanceof StateFailure) return { exitCode: 1, message: error.message }
  if (error instanceof StoreError) return { exitCode: 1, message: error.message }
  if (isOfTheSystem(error))
    return { exitCode: 1, message: `The system refused: ${error.message}. See to it, and try again.` }
  return { exitCode: 1, message: `Unexpected: ${error instanceof Error ? error.stack : String(error)}` }
}

/** Loaded only here: a command that a server does, and does well, needs none of the parts. */
async function thrownByParts() {
  const [{ StoreError }, { StateFailure }, { WarehouseError }] = await Promise.all([
    import('@vouch/event-store'),
    import('@vouch/projector'),
    import('@vouch/warehouse'),
  ])
  return { StateFailure, StoreError, WarehouseError }
}

/** A disk that is full, a folder that may not be written to: no defect, and what to do depends. */
const isOfTheSystem = (error: unknown): error is Error => error instanceof Error && 'syscall' in error

/** The command was done by a server. */
export class Forwarded extends Error {
  readonly exitCode: number

  constructor(exitCode: number) {
    super('done by a server')
    this.exitCode = exitCode
  }
}

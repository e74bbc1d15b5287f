import { StoreError } from '@vouch/event-store'
import { SettingsError } from '@vouch/observability'
import { WarehouseError } from '@vouch/warehouse'
import { type Command, CommanderError } from 'commander'
import type { Output } from './context.ts'
import { writeLine } from './context.ts'
import { Failure } from './failure.ts'

/** Exit code of a command that was interrupted, as shells have it. */
const interrupted = 130

/** Runs a command line to its end and says how it ended. A mistake is one sentence on `err`; a defect shows its stack. */
export async function runCommand(
  program: Command,
  argv: readonly string[],
  err: Output,
  signal: AbortSignal,
): Promise<number> {
  try {
    await program.parseAsync([...argv], { from: 'user' })
    return signal.aborted ? interrupted : 0
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    if (error instanceof Forwarded) return error.exitCode
    if (signal.aborted) {
      await writeLine(err, 'Stopped; what was acknowledged is kept, and the same command completes the rest.')
      return interrupted
    }
    const exitCode = error instanceof Failure ? error.exitCode : error instanceof SettingsError ? 2 : 1
    await writeLine(
      err,
      isForPeople(error) ? error.message : `Unexpected: ${error instanceof Error ? error.stack : String(error)}`,
    )
    return exitCode
  }
}

const isForPeople = (error: unknown): error is Error =>
  error instanceof Failure ||
  error instanceof SettingsError ||
  error instanceof WarehouseError ||
  error instanceof StoreError

/** The command was done by a server. */
export class Forwarded extends Error {
  readonly exitCode: number

  constructor(exitCode: number) {
    super('done by a server')
    this.exitCode = exitCode
  }
}

import { Command, InvalidArgumentError } from 'commander'
import { demoCommand } from './commands/demo.ts'
import { doctorCommand } from './commands/doctor.ts'
import { explainCommand } from './commands/explain.ts'
import { forgetCommand } from './commands/forget.ts'
import { generationCommand } from './commands/generation.ts'
import { importCommand } from './commands/import.ts'
import { keysCommand } from './commands/keys.ts'
import { ledgerCommand } from './commands/ledger.ts'
import { logCommand } from './commands/log.ts'
import { payoutsCommand } from './commands/payouts.ts'
import { periodsCommand } from './commands/periods.ts'
import { personalCommand } from './commands/personal.ts'
import { programCommand } from './commands/program.ts'
import { rebuildCommand } from './commands/rebuild.ts'
import { reconcileCommand } from './commands/reconcile.ts'
import { sqlCommand } from './commands/sql.ts'
import { startCommand } from './commands/start.ts'
import { statementsCommand } from './commands/statements.ts'
import { verifyCommand } from './commands/verify.ts'
import { warehouseCommand } from './commands/warehouse.ts'
import type { Context } from './context.ts'
import { version } from './version.ts'

const commands = [
  demoCommand,
  startCommand,
  importCommand,
  programCommand,
  sqlCommand,
  explainCommand,
  payoutsCommand,
  ledgerCommand,
  statementsCommand,
  reconcileCommand,
  periodsCommand,
  rebuildCommand,
  generationCommand,
  verifyCommand,
  doctorCommand,
  logCommand,
  personalCommand,
  forgetCommand,
  keysCommand,
  warehouseCommand,
]

/** The command line; what its commands need is in the context, and errors come out as exceptions. */
export function buildProgram(context: Context): Command {
  const program = new Command('vouch')
    .description('Who earned what, and why: referral attribution that can be replayed and explained.')
    .version(version)
  for (const command of commands) command(program, context)
  finish(program, context)
  return program
}

/** Every command takes --data, before or after its own words, and none ends the process by itself. */
function finish(command: Command, context: Context): void {
  command.exitOverride()
  command.configureOutput({
    writeOut: (text) => void context.out.write(text),
    writeErr: (text) => void context.err.write(text),
    getOutHelpWidth: () => context.out.columns ?? 100,
    getErrHelpWidth: () => context.err.columns ?? 100,
    outputError: (text, writeText) => writeText(`${sentence(text)}; ${typed(command)} --help shows what there is.\n`),
  })
  command.option('--data <dir>', 'data folder (default: VOUCH_DATA, else .vouch)', folder)
  for (const sub of command.commands) finish(sub, context)
}

/** What commander says (`error: …`, a guess on a line of its own) as the beginning of one sentence. */
function sentence(text: string): string {
  const said = text
    .trim()
    .replace(/^error: /, '')
    .replaceAll('\n', ' ')
    .replace(/\.$/, '')
  return said.charAt(0).toUpperCase() + said.slice(1)
}

/** How a command is typed: `vouch keys create`. */
function typed(command: Command): string {
  return command.parent ? `${typed(command.parent)} ${command.name()}` : command.name()
}

function folder(text: string): string {
  if (text === '') throw new InvalidArgumentError('Name a folder.')
  return text
}

/** Which commands a running server does for others on its folder. */
export const isForwarded = (command: Command): boolean => {
  const name = topName(command)
  return name !== 'start' && name !== 'demo'
}

function topName(command: Command): string {
  let at = command
  while (at.parent?.parent) at = at.parent
  return at.name()
}

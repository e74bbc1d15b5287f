import { Command, InvalidArgumentError } from 'commander'
import type { Context } from './context.ts'
import { version } from './version.ts'

type Register = (program: Command, context: Context) => void

/** In the order of --help. Each is loaded when it is asked for: most need little of what the others do. */
const commands: Readonly<Record<string, () => Promise<Register>>> = {
  demo: async () => (await import('./commands/demo.ts')).demoCommand,
  start: async () => (await import('./commands/start.ts')).startCommand,
  import: async () => (await import('./commands/import.ts')).importCommand,
  program: async () => (await import('./commands/program.ts')).programCommand,
  sql: async () => (await import('./commands/sql.ts')).sqlCommand,
  explain: async () => (await import('./commands/explain.ts')).explainCommand,
  payouts: async () => (await import('./commands/payouts.ts')).payoutsCommand,
  ledger: async () => (await import('./commands/ledger.ts')).ledgerCommand,
  statements: async () => (await import('./commands/statements.ts')).statementsCommand,
  reconcile: async () => (await import('./commands/reconcile.ts')).reconcileCommand,
  statement: async () => (await import('./commands/statement.ts')).statementCommand,
  report: async () => (await import('./commands/report.ts')).reportCommand,
  periods: async () => (await import('./commands/periods.ts')).periodsCommand,
  rebuild: async () => (await import('./commands/rebuild.ts')).rebuildCommand,
  generation: async () => (await import('./commands/generation.ts')).generationCommand,
  verify: async () => (await import('./commands/verify.ts')).verifyCommand,
  doctor: async () => (await import('./commands/doctor.ts')).doctorCommand,
  log: async () => (await import('./commands/log.ts')).logCommand,
  personal: async () => (await import('./commands/personal.ts')).personalCommand,
  forget: async () => (await import('./commands/forget.ts')).forgetCommand,
  keys: async () => (await import('./commands/keys.ts')).keysCommand,
  warehouse: async () => (await import('./commands/warehouse.ts')).warehouseCommand,
}

/**
 * The command line, for the words that were typed. What its commands need is in the context, and errors come out as
 * exceptions.
 */
export async function buildProgram(context: Context, argv: readonly string[]): Promise<Command> {
  const program = new Command('vouch')
    .description('Who earned what, and why: referral attribution that can be replayed and explained.')
    .version(version)
  for (const register of await Promise.all(asked(argv).map((load) => load()))) register(program, context)
  finish(program, context)
  return program
}

/** The command that is named first; all, where another word is: for --help, and to guess what was meant. */
function asked(argv: readonly string[]): readonly (() => Promise<Register>)[] {
  const name = argv[0] === '--data' ? argv[2] : argv[0]
  if (name === '--version' || name === '-V') return []
  const command = name !== undefined && Object.hasOwn(commands, name) ? commands[name] : undefined
  return command ? [command] : Object.values(commands)
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

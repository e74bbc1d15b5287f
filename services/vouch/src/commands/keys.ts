import { type Command, InvalidArgumentError } from 'commander'
import { type Context, writeLine } from '../context.ts'
import { Failure } from '../failure.ts'
import { type Scope, scopes } from '../keys.ts'

export function keysCommand(program: Command, context: Context): void {
  const keys = program.command('keys').description('bearer tokens for HTTP')
  keys
    .command('create')
    .requiredOption('--scopes <list>', `comma-separated: ${scopes.join(', ')}`, scopeList)
    .option('--name <name>', 'whom the key is for', '')
    .option('--rate <requests>', 'most requests a minute (default: what the server allows any key)', rate)
    .option('--json', 'print the key as one JSON object')
    .description('make a key; its token is shown this once')
    .action(async (_flags: unknown, command: Command) => {
      const flags = command.optsWithGlobals<CreateFlags>()
      const engine = await context.engine(flags.data)
      const { token, key } = engine.keys.create(flags.name, flags.scopes, engine.clock(), flags.rate)
      if (flags.json) return writeLine(context.out, JSON.stringify({ id: key.id, token, scopes: key.scopes }))
      await writeLine(context.out, token)
      await writeLine(
        context.err,
        `Key ${key.id} may ${key.scopes.join(', ')}. The token above is kept nowhere: note it now.`,
      )
    })
  keys
    .command('list')
    .option('--json', 'print one JSON array')
    .description('all keys, without their tokens')
    .action(async (_flags: unknown, command: Command) => {
      const flags = command.optsWithGlobals<{ data?: string; json?: boolean }>()
      const list = (await context.engine(flags.data)).keys.list().map(({ hash: _hash, ...key }) => key)
      if (flags.json) return writeLine(context.out, JSON.stringify(list))
      for (const key of list) {
        const state = key.revokedAt === undefined ? 'works' : `revoked ${key.revokedAt}`
        const most = key.requestsPerMinute === undefined ? '' : `  ${key.requestsPerMinute} a minute`
        await writeLine(
          context.out,
          `${key.id}  ${key.scopes.join(',')}  ${key.name}  made ${key.createdAt}  ${state}${most}`,
        )
      }
      if (list.length === 0)
        await writeLine(
          context.out,
          'There is no key: a server on this folder binds to loopback only and asks for none.',
        )
    })
  keys
    .command('revoke')
    .argument('<id>', 'as vouch keys list shows it')
    .description('make a key stop working, at once')
    .action(async (id: string, _flags: unknown, command: Command) => {
      const flags = command.optsWithGlobals<{ data?: string }>()
      const engine = await context.engine(flags.data)
      if (!engine.keys.revoke(id, engine.clock()))
        throw new Failure(`There is no working key ${id}; vouch keys list shows all.`)
      await writeLine(context.out, `Key ${id} no longer works.`)
    })
}

interface CreateFlags {
  readonly data?: string
  readonly scopes: Scope[]
  readonly name: string
  readonly rate?: number
  readonly json?: boolean
}

function rate(text: string): number {
  const requests = Number(text)
  if (/^\d{1,9}$/.test(text) && requests > 0) return requests
  throw new InvalidArgumentError('A rate is a whole number of requests a minute, from 1 on.')
}

function scopeList(text: string): Scope[] {
  return text.split(',').map((part) => {
    const scope = scopes.find((it) => it === part.trim())
    if (!scope) throw new InvalidArgumentError(`"${part.trim()}" is no scope; there are ${scopes.join(', ')}.`)
    return scope
  })
}

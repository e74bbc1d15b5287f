import { randomBytes } from 'node:crypto'
import { wrongCluster } from '@vouch/observability/settings'
import { accessStatements } from '@vouch/warehouse'
import { type Command, InvalidArgumentError } from 'commander'
import { type Context, write } from '../context.ts'

export function warehouseCommand(program: Command, context: Context): void {
  const warehouse = program.command('warehouse').description('the ClickHouse server that has the tables')
  warehouse
    .command('users')
    .option('--cluster <name>', 'make them on all nodes of this cluster', clusterName)
    .description('print SQL that makes the users of a ClickHouse server, for its administrator: vouch, and analysts')
    .action(async (_flags: unknown, command: Command) => {
      const { cluster } = command.optsWithGlobals<{ cluster?: string }>()
      const statements = accessStatements({ cluster, ownPassword: password(), analystPassword: password() })
      await write(context.out, `${heading}${statements.join(';\n')};\n`)
    })
}

const heading = `-- Users of a ClickHouse server for vouch. Run it as an administrator, such as: clickhouse-client --queries-file users.sql
-- The passwords were drawn for this print alone. That of user vouch goes into VOUCH_WAREHOUSE=http://vouch:PASSWORD@HOST:8123/vouch;
-- analyst is a first user with the role vouch_reader, of which there can be more.
`

const password = (): string => randomBytes(24).toString('base64url')

function clusterName(text: string): string {
  const right = wrongCluster(text)
  if (right === undefined) return text
  throw new InvalidArgumentError(`It is ${right}.`)
}

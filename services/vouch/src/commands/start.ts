import type { Command } from 'commander'
import type { Context } from '../context.ts'
import { Failure } from '../failure.ts'
import { port } from './options.ts'

export function startCommand(program: Command, context: Context): void {
  program
    .command('start')
    .option('--port <port>', 'port to listen on', port, 8080)
    .option(
      '--clickhouse-port <port>',
      'port for drivers of ClickHouse: its HTTP interface, read-only (default: none)',
      port,
    )
    .option('--host <address>', 'address to listen on (default: all, or loopback while there is no key)')
    .description('ingestion, projections and queries in one process')
    .action(async (_flags: unknown, command: Command) => {
      const flags = command.optsWithGlobals<{
        data?: string
        port: number
        clickhousePort?: number
        host?: string
      }>()
      if (!context.serve) throw new Failure('A server runs on this data folder already.')
      try {
        const { data: dataDir, port, clickhousePort, host } = flags
        await context.serve({ dataDir, port, clickhousePort, host })
      } catch (error) {
        // To be stopped while it starts is no failure of a server.
        if (!context.signal.aborted || error !== context.signal.reason) throw error
      }
    })
}

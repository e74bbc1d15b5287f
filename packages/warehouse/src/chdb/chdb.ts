import { type ClickHouseClientConfigOptions, createClient } from '@clickhouse/client'
import { drainPending } from 'chdb'
import { type ChdbConnection, createChdbConnection } from 'chdb/connection'
import { type ClickHouse, insertSettings, readSettings, settingsClause } from '../clickhouse.ts'
import { blockFile } from './block-file.ts'
import { closedError, engineError, openError } from './failure.ts'
import { defaultLimits, type Limits } from './limits.ts'
import { setStatements } from './settings.ts'
import { createStrangers } from './strangers.ts'
import { createTurns, inTurn, type Turns } from './turns.ts'

/**
 * ClickHouse in this process, its data in a folder. A process can hold one folder and a folder is held by one process.
 * What writes and what reads have a connection each, so that a long reading does not hold up the log; strangers get one
 * for every question.
 * @throws WarehouseError `locked`, `damaged`
 */
export async function openChdb(path: string, limits: Limits = defaultLimits): Promise<ClickHouse> {
  const writing = connect(path)
  const reading = connect(path)
  const writer = { client: createClient({ connection: asClientConnection(writing) }), turns: createTurns(1) }
  const reader = { client: createClient({ connection: asClientConnection(reading) }), turns: createTurns(1) }
  const blocks = blockFile(path)
  const strangers = createStrangers(() => connect(path), limits)
  let closed = false

  async function use<T>(turns: Turns, task: () => Promise<T>): Promise<T> {
    if (closed) throw closedError()
    try {
      return await inTurn(turns, task)
    } catch (error) {
      throw engineError(error)
    }
  }

  const settings = setStatements(readSettings)
  await use(writer.turns, () => writing.chdb.queryAsync(settings))
  await use(reader.turns, () => reading.chdb.queryAsync(settings))

  return {
    async command(statement) {
      await use(writer.turns, () => writer.client.command({ query: statement }))
    },
    rows<T>(query: string, params?: Readonly<Record<string, unknown>>) {
      return use(reader.turns, async () => {
        const result = await reader.client.query({ query, format: 'JSONEachRow', query_params: { ...params } })
        return await result.json<T>()
      })
    },
    async insert(table, columns, block) {
      const names = columns.map((column) => column.name).join(', ')
      const query = `INSERT INTO ${table} (${names}) SELECT ${names} FROM ${blocks.from(columns)} SETTINGS ${settingsClause(insertSettings)}`
      await use(writer.turns, async () => {
        try {
          await blocks.write(block)
          await writer.client.command({ query })
        } finally {
          blocks.remove()
        }
      })
    },
    async ask(question) {
      if (closed) throw closedError()
      return strangers.ask(question)
    },
    async close() {
      if (closed) return
      closed = true
      await strangers.close()
      await inTurn(writer.turns, () => writer.client.close())
      await inTurn(reader.turns, () => reader.client.close())
      await drainPending()
    },
  }
}

function connect(path: string): ChdbConnection {
  try {
    return createChdbConnection({ path })
  } catch (error) {
    throw openError(path, error)
  }
}

/** The same interface by two declarations: chDB's is that of client-common, of which the client brings a copy of its own. */
function asClientConnection(connection: ChdbConnection): NonNullable<ClickHouseClientConfigOptions['connection']> {
  return connection as unknown as NonNullable<ClickHouseClientConfigOptions['connection']>
}

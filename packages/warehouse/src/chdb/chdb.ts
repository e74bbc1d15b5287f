import { type ClickHouseClientConfigOptions, createClient } from '@clickhouse/client'
import { drainPending } from 'chdb'
import { type ChdbConnection, createChdbConnection } from 'chdb/connection'
import { type ClickHouse, insertSettings, readSettings, settingsClause } from '../clickhouse.ts'
import { closedError, engineError } from '../engine-error.ts'
import { defaultLimits, type Limits } from '../strangers/limits.ts'
import { createPool, type Pool } from '../turns.ts'
import { blockFile } from './block-file.ts'
import { openError } from './failure.ts'
import { setStatements } from './settings.ts'
import { createChdbStrangers } from './strangers.ts'

/**
 * ClickHouse in this process, its data in a folder. A process can hold one folder and a folder is held by one process.
 * What writes and what reads have connections of their own, so that a long reading does not hold up the log; strangers get
 * one for every question. Two write, for most of an insert of few rows is waiting for the disk.
 * @throws WarehouseError `locked`, `damaged`
 */
export async function openChdb(path: string, limits: Limits = defaultLimits): Promise<ClickHouse> {
  const open = () => {
    const connection = connect(path)
    return { connection, client: createClient({ connection: asClientConnection(connection) }) }
  }
  const writers = [1, 2].map((number) => ({ ...open(), blocks: blockFile(path, number) }))
  const reader = open()
  const writing = createPool(writers)
  const reading = createPool([reader])
  const strangers = createChdbStrangers(() => connect(path), limits)
  let closed = false

  async function use<T, R>(pool: Pool<T>, task: (one: T) => Promise<R>): Promise<R> {
    if (closed) throw closedError()
    try {
      return await pool.use(task)
    } catch (error) {
      throw engineError(error)
    }
  }

  const settings = setStatements(readSettings)
  try {
    for (const { connection } of [...writers, reader]) await connection.chdb.queryAsync(settings)
  } catch (error) {
    throw engineError(error)
  }

  return {
    async command(statement) {
      await use(writing, ({ client }) => client.command({ query: statement }))
    },
    async append(table, statement) {
      const next = statement.replaceAll('{sequence}', `(SELECT max(sequence) + 1 FROM ${table})`)
      await use(writing, ({ client }) => client.command({ query: next }))
    },
    rows<T>(query: string, params?: Readonly<Record<string, unknown>>) {
      return use(reading, async ({ client }) => {
        const result = await client.query({ query, format: 'JSONEachRow', query_params: { ...params } })
        return await result.json<T>()
      })
    },
    async insert(table, columns, block) {
      const names = columns.map((column) => column.name).join(', ')
      await use(writing, async ({ client, blocks }) => {
        const query = `INSERT INTO ${table} (${names}) SELECT ${names} FROM ${blocks.from(columns)} SETTINGS ${settingsClause(insertSettings)}`
        try {
          await blocks.write(block)
          await client.command({ query })
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
      await Promise.all([writing.drain(), reading.drain()])
      for (const { client } of [...writers, reader]) await client.close()
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

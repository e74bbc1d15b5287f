import { randomInt, randomUUID } from 'node:crypto'
import type { Column } from '../block/columns.ts'
import { type ClickHouse, insertSettings, quote, readSettings } from '../clickhouse.ts'
import { closedError } from '../engine-error.ts'
import { WarehouseError } from '../port.ts'
import type { Limits } from '../strangers/limits.ts'
import { parameterTexts } from '../strangers/params.ts'
import type { ClusterSettings } from './cluster.ts'
import { type Patience, patiently } from './patience.ts'
import { type Address, createSender, type Sending } from './send.ts'
import { createServerStrangers } from './strangers.ts'

export interface ServerOptions {
  readonly address: Address
  readonly limits: Limits
  /** For what is our own; a stranger waits a tenth of it at the most. */
  readonly patience: Patience
  readonly silentMs: number
  readonly cluster?: ClusterSettings | undefined
}

/**
 * ClickHouse as a server, over HTTP. All that is sent to it may be repeated: rows have names, and of two with the same name
 * one counts; tables are made where there is none; so whatever is lost on the way is sent again, for as long as patience says.
 */
export function createServer(options: ServerOptions): ClickHouse {
  const { address, limits, patience, cluster } = options
  const shown = address.url
  const sender = createSender(address, options.silentMs)
  const closing = new AbortController()
  const running = new Set<Promise<unknown>>()
  const strangers = createServerStrangers(
    {
      sender,
      patiently: (attempt, signal) =>
        patiently(
          attempt,
          { ...patience, forMs: patience.forMs / 10 },
          shown,
          signal ? AbortSignal.any([signal, closing.signal]) : closing.signal,
        ),
      onCluster: cluster?.onCluster ?? '',
      settings: cluster?.strangers ?? {},
    },
    limits,
  )

  async function whole(sending: Sending): Promise<string> {
    if (closing.signal.aborted) throw closedError()
    // One name for all tries: while the server is still at one of them, it does not begin another.
    const queryId = randomUUID()
    const task = patiently(() => sender.whole({ ...sending, queryId }), patience, shown, closing.signal)
    running.add(task)
    try {
      return await task
    } finally {
      running.delete(task)
    }
  }

  const own = { ...readSettings, ...ownSettings, ...cluster?.own }

  const command = async (statement: string): Promise<void> => {
    await whole({ statement, settings: own })
  }

  async function rows<T>(query: string, params: Readonly<Record<string, unknown>> = {}): Promise<T[]> {
    const settings = { ...own, ...parameterSettings(params), default_format: 'JSONEachRow' }
    const lines = (await whole({ statement: query, settings })).split('\n')
    return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as T)
  }

  async function sequenced(table: string, statement: string): Promise<string> {
    if (!statement.includes('{sequence}')) return statement
    const [row] = await rows<{ newest: string }>(`SELECT max(sequence) AS newest FROM ${table}`)
    return statement.replaceAll('{sequence}', String(sequenceAfter(BigInt(row?.newest ?? 0))))
  }

  return {
    command,
    rows,
    async append(table, statement) {
      const next = await sequenced(table, statement)
      await whole({ statement: next, settings: { ...own, ...unchanged, ...cluster?.everywhere } })
    },
    async insert(table, columns, block) {
      const names = columns.map((column) => column.name).join(', ')
      const statement = `INSERT INTO ${table} (${names}) SELECT ${names} FROM input(${quote(structureOf(columns))}) FORMAT Native`
      await whole({ statement, rows: block, settings: { ...own, ...insertSettings } })
    },
    async ask(question) {
      if (closing.signal.aborted) throw closedError()
      return strangers.ask(question)
    },
    async close() {
      if (closing.signal.aborted) return
      await strangers.close()
      closing.abort()
      await Promise.allSettled(running)
      await sender.close()
    },
  }
}

/** What fails after an answer has begun is said instead of it; and what can be had from the log may be dropped at any size. */
const ownSettings = { wait_end_of_query: 1, max_table_size_to_drop: 0, max_partition_size_to_drop: 0 } as const

/** What is inserted is kept, whether or not it looks like something from before. */
const unchanged = { async_insert: 0, insert_deduplicate: 0, deduplicate_insert: 'disable' } as const

function structureOf(columns: readonly Column[]): string {
  return columns.map(({ name, type }) => `${name} ${type}`).join(', ')
}

function parameterSettings(params: Readonly<Record<string, unknown>>): Record<string, string> {
  const texts = parameterTexts(params)
  if ('tag' in texts) throw new WarehouseError('engine', texts.reason)
  return Object.fromEntries([...texts].map(([name, text]) => [`param_${name}`, text]))
}

/**
 * Low bits of a sequence are the writer's own: two that read the same newest one do not take the same for their next. They
 * are few, so that the pointer of a group, whose sequences begin at 2^44, is above all that one process will ever publish.
 */
const drawn = 2n ** 12n

function sequenceAfter(newest: bigint): bigint {
  return (newest / drawn + 1n) * drawn + BigInt(randomInt(Number(drawn)))
}

import { randomUUID } from 'node:crypto'
import type { Readable } from 'node:stream'
import type { ChdbConnection } from 'chdb/connection'
import { quote } from '../clickhouse.ts'
import type { WarehouseError } from '../port.ts'
import type { RunningQuestion } from '../strangers/strangers.ts'

/** One question to chDB. */
export interface Running extends RunningQuestion {
  readonly connection: ChdbConnection
  /** Puts a new connection in the place of the one there was. */
  renew(): ChdbConnection
  /** The statement with a comment in front, by which it is found among all that run. */
  marked(statement: string): string
  /** The engine's answer; or, soon after it was told to stop, why, though it may not have listened. */
  wait<T>(call: Promise<T>): Promise<T>
  /** From now on stopping destroys this stream. */
  reads(body: Readable): void
  /** Lets go of the connection as soon as the engine is done. Gives on the answer. */
  end<T>(answer: T): T
}

export interface RunningOptions {
  readonly connect: () => ChdbConnection
  /** How long the engine has to stop in, before whoever waits is told that it was stopped. */
  readonly graceMs: number
}

export function startRunning({ connect, graceMs }: RunningOptions): Running {
  const marker = `/* question ${randomUUID()} */ `
  let connection = connect()
  const givenUp = Promise.withResolvers<never>()
  givenUp.promise.catch(() => undefined)
  const ended = Promise.withResolvers<void>()
  let busy: Promise<unknown> = Promise.resolve()
  let body: Readable | undefined
  let stopped: WarehouseError | undefined
  let over = false
  let idle = false

  /** The engine may not have begun what it is to stop, or be between two statements; so it is told until it is done. */
  function killUntilIdle(): void {
    if (idle) return
    const again = () => setTimeout(killUntilIdle, killEveryMs).unref()
    kill(connect, marker).then(again, again)
  }

  return {
    get connection() {
      return connection
    },
    renew() {
      void connection.close()
      connection = connect()
      return connection
    },
    ended: ended.promise,
    get stopped() {
      return stopped
    },
    marked: (statement) => marker + statement,
    wait(call) {
      busy = call.catch(() => undefined)
      return Promise.race([call, givenUp.promise])
    },
    reads(stream) {
      body = stream
      if (stopped) stream.destroy(stopped)
    },
    stop(why) {
      if (over || stopped) return
      stopped = why
      body?.destroy(why)
      killUntilIdle()
      setTimeout(() => givenUp.reject(why), graceMs).unref()
    },
    end(answer) {
      if (over) return answer
      over = true
      busy.then(async () => {
        idle = true
        await connection.close()
        ended.resolve()
      })
      return answer
    },
  }
}

const killEveryMs = 100

/** chDB cannot interrupt a call, but ClickHouse can kill a query, from another connection. */
async function kill(connect: () => ChdbConnection, marker: string): Promise<void> {
  const connection = connect()
  try {
    await connection.chdb.queryAsync(`KILL QUERY WHERE startsWith(query, ${quote(marker)}) ASYNC`)
  } finally {
    await connection.close()
  }
}

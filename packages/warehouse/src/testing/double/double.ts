import { randomUUID } from 'node:crypto'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join, resolve } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { drainPending, Session } from 'chdb'
import { createChdbConnection } from 'chdb/connection'
import { answerInPieces, answerWhole } from '../../chdb/answers.ts'
import { type OutputFormat, readFormats } from '../../chdb/formats.ts'
import { nativeJoining } from '../../chdb/pieces.ts'
import { type Running, startRunning } from '../../chdb/running.ts'
import { parameterStatements, setStatements } from '../../chdb/settings.ts'
import { temporaryFolder } from '../../chdb/temporary.ts'
import { quote } from '../../clickhouse.ts'
import { engineError } from '../../engine-error.ts'
import { type Answer, WarehouseError } from '../../port.ts'
import { defaultLimits } from '../../strangers/limits.ts'
import { createTurns } from '../../turns.ts'
import { sendAnswered, sendError } from './answer.ts'
import type { Fault, Faults } from './faults.ts'
import { type DoubleRequest, readRequest } from './request.ts'

/** A ClickHouse server that is none: its HTTP interface, writes included, over chDB. */
export interface ClickHouseDouble {
  /** As `VOUCH_WAREHOUSE` takes it. */
  readonly url: string
  /** What goes wrong from now on; undefined: nothing. */
  faults: Faults | undefined
  /** Requests that were begun since the start. */
  readonly requests: number
  /** Cuts all connections and refuses further ones, until `appear`. */
  vanish(): Promise<void>
  /** Listens again, on the same port. */
  appear(): Promise<void>
  /** Has the engine do something behind everybody's back. */
  run(statement: string): Promise<void>
  /** Removes all that vouch has made. */
  clear(): Promise<void>
  stop(): Promise<void>
}

export interface DoubleOptions {
  /** The folder of its tables; without it one of its own, removed when it stops. */
  readonly path?: string | undefined
  /** On loopback; without it a free one. */
  readonly port?: number | undefined
  readonly user?: string
  readonly password?: string
  /** The name of a cluster of which it is the one shard and replica; what is done there is done here, by one. */
  readonly cluster?: string
}

/** Statements at once; each holds one of libuv's four threads, and one is needed to stop the others. */
const atOnce = 3

const cancelled = 394
const sameId = 216
const authenticationFailed = 516

/** A process can have one, and no other warehouse beside it, since chDB holds one folder at a time. */
export async function startClickHouseDouble(options: DoubleOptions = {}): Promise<ClickHouseDouble> {
  const { user = 'vouch', password = 'secret' } = options
  const own = options.path === undefined ? temporaryFolder() : undefined
  const path = resolve(own?.path ?? options.path ?? '')
  const connect = () => createChdbConnection({ path })
  const engine = openEngine(path, options.cluster)
  const first = connect()
  const formats = await readFormats(first)
  const version = (await first.chdb.queryAsync('SELECT version()', { format: 'TSVRaw' })).text().trim()
  const turns = createTurns(atOnce)
  const running = new Map<string, Running>()
  const taken = new Set<string>()
  let requests = 0
  let faults: Faults | undefined

  async function handle(message: IncomingMessage, response: ServerResponse): Promise<void> {
    if (message.url === '/ping') return void response.end('Ok.\n')
    const request = await readRequest(message)
    requests++
    const fault = await faults?.(request)
    if (typeof fault === 'object' && 'delayMs' in fault) await setTimeout(fault.delayMs)
    if (fault === 'drop-before') return void response.destroy()
    if (fault === 'unavailable')
      return void response.writeHead(503, { 'content-type': 'text/html' }).end('<h1>503</h1>')
    if (fault === 'too-many') {
      return sendError(response, version, new WarehouseError('engine', 'Too many simultaneous queries. (…)', 202))
    }
    if (request.user !== user || request.password !== password) {
      const message = `${request.user}: Authentication failed: password is incorrect, or there is no user with such name.`
      return sendError(response, version, new WarehouseError('engine', message, authenticationFailed))
    }
    const killed = /^KILL QUERY(?: ON CLUSTER '\w+')? WHERE query_id = '([^']*)'/.exec(request.statement)?.[1]
    if (killed !== undefined) {
      running.get(killed)?.stop(new WarehouseError('engine', 'Query was cancelled.', cancelled))
      return void response.end()
    }
    await run(request, response, fault)
  }

  async function run(request: DoubleRequest, response: ServerResponse, fault: Fault | undefined): Promise<void> {
    const { queryId } = request
    if (taken.has(queryId)) {
      const message = `Query with id = ${queryId} is already running.`
      return sendError(response, version, new WarehouseError('engine', message, sameId))
    }
    taken.add(queryId)
    const endTurn = await turns.take()
    const one = startRunning({ connect, graceMs: 1_000 })
    running.set(queryId, one)
    one.ended.then(() => {
      running.delete(queryId)
      taken.delete(queryId)
      endTurn()
    })
    response.on('close', () => {
      const isRead = request.settings.readonly !== undefined
      if (isRead && !response.writableFinished) one.stop(new WarehouseError('engine', 'Nobody listens.', cancelled))
    })
    try {
      if (typeof fault === 'object' && 'lateMs' in fault) {
        response.destroy()
        await setTimeout(fault.lateMs)
      }
      const { readonly, ...settings } = request.settings
      const use = request.database === undefined ? '' : `USE ${request.database}; `
      const last = readonly === undefined ? '' : `SET readonly = ${readonly}`
      const set = `${setStatements(settings)}; ${parameterStatements(request.parameters)}${use}${last}`
      await one.wait(one.connection.chdb.queryAsync(set.replace(/^; |; $/g, '') || 'SELECT 1'))
      const answer = await answerTo(one, request)
      if (answer.tag !== 'answered') throw new TypeError('The engine answers or throws.')
      if (fault === 'drop-after') {
        answer.body.destroy()
        return void response.destroy()
      }
      await sendAnswered(response, version, request.queryId, answer, fault === 'cut')
    } catch (error) {
      one.end(undefined)
      if (fault === 'drop-after') response.destroy()
      else sendError(response, version, one.stopped ?? engineError(error))
    }
  }

  async function answerTo(one: Running, request: DoubleRequest): Promise<Answer> {
    if (request.rows !== undefined) return insert(one, request, request.rows)
    const { revision } = request
    const statement = ofOneNode(request.statement)
    // What FORMAT is said of the statement that is explained is not said of the explanation.
    const isTree = statement.startsWith('EXPLAIN AST ')
    const said = isTree ? undefined : / FORMAT (\w+)\s*$/i.exec(statement.replaceAll(/\s+/g, ' '))?.[1]
    const name = said ?? request.format
    const format = formats.get(name.toLowerCase())
    if (format === undefined) throw new WarehouseError('engine', `Unknown format ${name}. (UNKNOWN_FORMAT)`, 73)
    const known: OutputFormat = format.name === 'Native' ? { ...format, joining: nativeJoining(revision) } : format
    const isSelect = /^\s*(?:SELECT|WITH|FROM|\()/i.test(statement)
    if (!isSelect || known.joining === undefined || request.whole) {
      return answerWhole(one, statement, known)
    }
    return answerInPieces(one, statement, { ...known, joining: known.joining }, defaultLimits)
  }

  /** `INSERT … SELECT … FROM input('…') … FORMAT Native`, whose rows chDB takes from a file alone. */
  async function insert(one: Running, { statement }: DoubleRequest, rows: Buffer): Promise<Answer> {
    const file = join(path, `body-${randomUUID()}.native`)
    const [, before, structure, after] =
      /^(INSERT .* FROM )input\(('(?:[^'\\]|\\.)*')\)(.*) FORMAT Native$/s.exec(statement) ?? []
    if (before === undefined)
      throw new WarehouseError('engine', 'The double takes rows by input(…) FORMAT Native alone.', 48)
    writeFileSync(file, rows)
    try {
      const text = `${before}file(${quote(file)}, Native, ${structure})${after}`
      return await answerWhole(one, text, { name: 'TabSeparated', contentType: 'text/plain', joining: undefined })
    } finally {
      rmSync(file, { force: true })
    }
  }

  const behind = async (statement: string) => void (await first.chdb.queryAsync(statement))
  const server = createServer({ maxHeaderSize: 2 ** 20, keepAliveTimeout: 10_000 }, (message, response) => {
    handle(message, response).catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined))
  })
  const listen = (port: number) => new Promise<void>((done) => server.listen(port, '127.0.0.1', done))
  const vanish = () =>
    new Promise<void>((done) => {
      server.close(() => done())
      server.closeAllConnections()
    })
  await listen(options.port ?? 0)
  const { port } = server.address() as AddressInfo

  return {
    url: `http://${user}:${password}@127.0.0.1:${port}/vouch`,
    get faults() {
      return faults
    },
    set faults(next) {
      faults = next
    },
    get requests() {
      return requests
    },
    vanish,
    appear: () => listen(port),
    run: behind,
    async clear() {
      for (const name of ['vouch', 'vouch_asof', 'vouch_store']) await behind(`DROP DATABASE IF EXISTS ${name} SYNC`)
    },
    async stop() {
      for (const one of running.values()) one.stop(new WarehouseError('closed', 'The double stops.'))
      if (server.listening) await vanish()
      await Promise.all([...running.values()].map((one) => one.ended))
      await first.close()
      engine?.close()
      await drainPending()
      own?.remove()
    },
  }
}

/** The engine's configuration goes with the first of its connections. */
function openEngine(path: string, cluster: string | undefined): Session | undefined {
  if (cluster === undefined) return undefined
  mkdirSync(path, { recursive: true })
  const file = join(path, 'cluster.xml')
  // A node of this host and port is the engine itself, to which it needs no connection.
  const here = '<host>127.0.0.1</host><port>9000</port>'
  const shard = `<shard><internal_replication>true</internal_replication><replica>${here}</replica></shard>`
  writeFileSync(
    file,
    `<clickhouse><tcp_port>9000</tcp_port><remote_servers><${cluster}>${shard}</${cluster}></remote_servers></clickhouse>`,
  )
  return new Session(path, { connectionArgs: [`--config-file=${file}`] })
}

/** chDB has neither Keeper nor a queue of statements for a cluster; of one node, all others are none. */
function ofOneNode(statement: string): string {
  return statement
    .replace(/ ON CLUSTER '\w+'/, '')
    .replace(
      /ReplicatedReplacingMergeTree\('[^']*', '[^']*'(?:, (\w+))?\)/,
      (_, version = '') => `ReplacingMergeTree(${version})`,
    )
}

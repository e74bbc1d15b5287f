// Loaded into a process of vouch before its own code: shows each step that leaves a trace outside of the process, and lets
// it be watched. Nothing in vouch knows of it.
import fs from 'node:fs'
import promises from 'node:fs/promises'
import { ServerResponse } from 'node:http'
import { createRequire, syncBuiltinESMExports } from 'node:module'
import { basename, join } from 'node:path'
import { DatabaseSync, StatementSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'

// chDB is a dependency of the warehouse, not of the repository.
const ofWarehouse = createRequire(new URL('../../../packages/warehouse/package.json', import.meta.url))

export interface Watcher {
  before?(step: string): void
  /** After a step that takes its time was begun. */
  during?(step: string): void
  after?(step: string): void
}

/** Shows every step from now on. */
export function watch(watcher: Watcher): void {
  watchSqlite(watcher)
  watchClickHouse(watcher)
  watchFiles(watcher)
  watchAnswers(watcher)
}

function around<T>({ before, after }: Watcher, step: string, act: () => T): T {
  before?.(step)
  const result = act()
  after?.(step)
  return result
}

async function aroundAsync<T>({ before, during, after }: Watcher, step: string, act: () => Promise<T>): Promise<T> {
  before?.(step)
  const acting = act()
  during?.(step)
  const result = await acting
  after?.(step)
  return result
}

const oneLine = (sql: string): string => sql.replaceAll(/\s+/g, ' ').trim()

/** The generation whose state was opened first: the one that is live. Where another thread opens it, it is the oldest there is. */
let liveGeneration: string | undefined

function oldestGeneration(): string | undefined {
  const folder = join(process.env.VOUCH_DATA ?? '', 'state')
  const states = fs.existsSync(folder) ? fs.readdirSync(folder) : []
  const generations = states.flatMap((name) => /^state-(\d+)\.db$/.exec(name)?.[1] ?? [])
  return generations.sort((one, other) => Number(one) - Number(other))[0]
}

function watchSqlite(watcher: Watcher): void {
  const { exec } = DatabaseSync.prototype
  DatabaseSync.prototype.exec = function (this: DatabaseSync, sql: string) {
    const file = basename(this.location() ?? '')
    liveGeneration ??= /^state-(\d+)\.db$/.exec(file)?.[1]
    return around(watcher, `${file}: ${oneLine(sql)}`, () => exec.call(this, sql))
  }
  const { run } = StatementSync.prototype
  StatementSync.prototype.run = function (this: StatementSync, ...parameters: unknown[]) {
    return around(watcher, oneLine(this.sourceSQL), () => Reflect.apply(run, this, parameters))
  }
}

interface Connection {
  command(parameters: { readonly query: string }): Promise<unknown>
}

function watchClickHouse(watcher: Watcher): void {
  const { prototype } = (ofWarehouse('chdb/connection') as { ChdbConnection: { prototype: Connection } }).ChdbConnection
  const { command } = prototype
  prototype.command = function (this: Connection, parameters) {
    return aroundAsync(watcher, statement(parameters.query), () => command.call(this, parameters))
  }
}

function statement(query: string): string {
  const sql = oneLine(query)
  const next = /^INSERT INTO vouch_store\.published .*\bSELECT 'live', \(.*?\), (\d+),/.exec(sql)?.[1]
  if (next !== undefined) liveGeneration ??= oldestGeneration()
  return next === undefined || next === liveGeneration ? sql : `SWAP ${sql}`
}

function watchFiles(watcher: Watcher): void {
  const { renameSync, rmSync } = fs
  fs.renameSync = (from, to) => around(watcher, `rename ${from} ${to}`, () => renameSync(from, to))
  fs.rmSync = (path, options) => around(watcher, `remove ${pathOf(path)}`, () => rmSync(path, options))
  const { rename } = promises
  promises.rename = (from, to) => aroundAsync(watcher, `rename ${from} ${to}`, () => rename(from, to))
  // Modules take these functions by name.
  syncBuiltinESMExports()
}

const pathOf = (path: fs.PathLike): string => (path instanceof URL ? fileURLToPath(path) : path.toString())

function watchAnswers({ before, after }: Watcher): void {
  const { end } = ServerResponse.prototype
  ServerResponse.prototype.end = function (this: ServerResponse, ...parameters: unknown[]) {
    const step = `answer ${this.req.url}`
    before?.(step)
    if (after) this.once('finish', () => after(step))
    return Reflect.apply(end, this, parameters)
  }
}

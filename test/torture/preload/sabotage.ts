// Breaks a promise of vouch inside the process that it is loaded into, for specs that prove that the harness would notice.
import crypto from 'node:crypto'
import { copyFileSync } from 'node:fs'
import { createRequire, syncBuiltinESMExports } from 'node:module'
import { basename } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as pause } from 'node:timers/promises'
import { isMainThread } from 'node:worker_threads'

// chDB is a dependency of the warehouse, not of the repository.
const ofWarehouse = createRequire(new URL('../../../packages/warehouse/package.json', import.meta.url))

const sabotages: Readonly<Record<string, () => void>> = {
  'acknowledges before it commits': acknowledgeBeforeCommit,
  'stores the checkpoint before the rows': checkpointBeforeRows,
  'forgets what it has seen': forgetIdentities,
  'pays twice': payTwice,
}

/**
 * Appends wait in one long transaction, which is committed now and then. The first commit makes the tables of a new log, in the
 * main thread: another thread appends alone.
 */
function acknowledgeBeforeCommit(): void {
  const { exec } = DatabaseSync.prototype
  let commits = isMainThread ? 0 : 1
  DatabaseSync.prototype.exec = function (this: DatabaseSync, sql: string) {
    const isLog = basename(this.location() ?? '') === 'log.db'
    if (isLog && sql === 'BEGIN IMMEDIATE' && this.isTransaction) return
    if (isLog && sql === 'COMMIT' && commits++ % 20 !== 0) return
    return exec.call(this, sql)
  }
}

interface Command {
  readonly query: string
}

interface Connection {
  command(command: Command): Promise<unknown>
}

/** Puts something else in the place of the insertion of rows. */
function replaceInsert(other: (insert: (command: Command) => Promise<unknown>, command: Command) => unknown): void {
  const { prototype } = (ofWarehouse('chdb/connection') as { ChdbConnection: { prototype: Connection } }).ChdbConnection
  const { command } = prototype
  prototype.command = async function (this: Connection, asked) {
    const isInsert = / FROM file\('/.test(asked.query)
    return isInsert ? other((insert) => command.call(this, insert), asked) : command.call(this, asked)
  }
}

/** Rows are inserted a while after it was said that they are. */
function checkpointBeforeRows(): void {
  let blocks = 0
  replaceInsert((insert, command) => {
    const file = / FROM file\('([^']*)'/.exec(command.query)?.[1] ?? ''
    const kept = `${file}.${++blocks}`
    copyFileSync(file, kept)
    // By then the process may be closing, and nobody has to know.
    pause(400)
      .then(() => insert({ ...command, query: command.query.replace(file, kept) }))
      .catch(() => undefined)
    return { query_id: '', response_headers: {} }
  })
}

/** Every reward is twice what it should be, whoever folds it and how often; and so are the books, which no law contradicts then. */
function payTwice(): void {
  replaceInsert((insert, command) => {
    const isMoney = /^INSERT INTO vouch_store\.(rewards|ledger) /.test(command.query)
    return insert(
      isMoney ? { ...command, query: command.query.replace(/(SELECT .*?)\bamount\b/, '$12 * amount') } : command,
    )
  })
}

/** An event that was sent again is taken for a new one. */
function forgetIdentities(): void {
  const { hash } = crypto
  let asked = 0
  crypto.hash = ((algorithm: string, data: crypto.BinaryLike, encoding: crypto.BinaryToTextEncoding) =>
    // Identities are filed under their hash, and each one is another one now.
    hash(algorithm, encoding === 'binary' ? `${String(data)} ${asked++}` : data, encoding)) as typeof hash
  syncBuiltinESMExports()
}

const name = process.env.VOUCH_SABOTAGE ?? ''
const sabotage = sabotages[name]
if (sabotage === undefined) throw new Error(`There is no sabotage "${name}".`)
sabotage()

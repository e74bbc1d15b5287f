// Breaks a promise of vouch inside the process that it is loaded into, for specs that prove that the harness would notice.
import crypto from 'node:crypto'
import { createRequire, syncBuiltinESMExports } from 'node:module'
import { basename } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as pause } from 'node:timers/promises'

// chDB is a dependency of the warehouse, not of the repository.
const ofWarehouse = createRequire(new URL('../../../packages/warehouse/package.json', import.meta.url))

const sabotages: Readonly<Record<string, () => void>> = {
  'acknowledges before it commits': acknowledgeBeforeCommit,
  'stores the checkpoint before the rows': checkpointBeforeRows,
  'forgets what it has seen': forgetIdentities,
  'pays twice': payTwice,
}

/** Appends wait in one long transaction, which is committed now and then; the first commit makes the tables of a new log. */
function acknowledgeBeforeCommit(): void {
  const { exec } = DatabaseSync.prototype
  let commits = 0
  DatabaseSync.prototype.exec = function (this: DatabaseSync, sql: string) {
    const isLog = basename(this.location() ?? '') === 'log.db'
    if (isLog && sql === 'BEGIN IMMEDIATE' && this.isTransaction) return
    if (isLog && sql === 'COMMIT' && commits++ % 20 !== 0) return
    return exec.call(this, sql)
  }
}

interface Insert {
  readonly table: string
  readonly columns: readonly string[]
  /** Tab-separated. */
  readonly values: Buffer
}

interface Engine {
  rawInsert(insert: Insert): Promise<unknown>
}

/** Puts something else in the place of the insertion of rows. */
function replaceInsert(other: (rawInsert: Engine['rawInsert'], insert: Insert) => Promise<unknown>): void {
  const { ChdbConnection } = ofWarehouse('chdb/connection') as { ChdbConnection: { prototype: object } }
  const engineOf = Object.getOwnPropertyDescriptor(ChdbConnection.prototype, 'chdb')?.get
  const replaced = new WeakSet<Engine>()
  Object.defineProperty(ChdbConnection.prototype, 'chdb', {
    get(): Engine {
      const engine: Engine = engineOf?.call(this)
      if (!replaced.has(engine)) {
        replaced.add(engine)
        const rawInsert = engine.rawInsert.bind(engine)
        engine.rawInsert = (insert) => other(rawInsert, insert)
      }
      return engine
    },
  })
}

/** Rows are inserted a while after it was said that they are. */
function checkpointBeforeRows(): void {
  replaceInsert(async (rawInsert, insert) => {
    // By then the process may be closing, and nobody has to know.
    pause(400)
      .then(() => rawInsert(insert))
      .catch(() => undefined)
  })
}

/** Every reward is twice what it should be, whoever folds it and how often. */
function payTwice(): void {
  replaceInsert((rawInsert, insert) => {
    if (insert.table !== 'vouch_store.rewards') return rawInsert(insert)
    const at = insert.columns.indexOf('amount')
    const lines = insert.values.toString().split('\n').slice(0, -1)
    const doubled = lines.map((line) =>
      line.split('\t').map((text, index) => (index === at ? String(2 * Number(text)) : text)),
    )
    return rawInsert({ ...insert, values: Buffer.from(doubled.map((fields) => `${fields.join('\t')}\n`).join('')) })
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

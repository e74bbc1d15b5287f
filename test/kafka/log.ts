import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openSqliteStore, type RecordedEvent, type SqliteStore } from '@vouch/event-store'
import { createAdmission } from '@vouch/ingestion'
import { type Admit, createInbound, type Inbound, type InboundOptions } from '@vouch/messaging'
import { isLeft } from 'fp-ts/lib/Either.js'

/** A log in a folder of its own, with the admission before it. */
export interface LogBench {
  readonly dir: string
  readonly store: SqliteStore
  /** Offers to the log as the server does, without a gate before it. */
  readonly admit: Admit
  log(): Promise<readonly RecordedEvent[]>
  close(): Promise<void>
}

export const noon = Date.UTC(2026, 2, 1, 12)

export function openLog(
  dir = mkdtempSync(join(tmpdir(), 'vouch-kafka-log-')),
  scopes = ['ingest'] as readonly ('ingest' | 'admin')[],
): LogBench {
  const opened = openSqliteStore({ path: join(dir, 'log.db') })
  if (isLeft(opened)) throw new Error(opened.left.message)
  const store = opened.right
  const admission = createAdmission({ store, clock: () => noon })
  return {
    dir,
    store,
    admit: async (items) => {
      const answer = await admission.admit(items, { scopes: new Set(scopes) })()
      return isLeft(answer)
        ? { tag: 'busy', reason: 'store', retryAfterMs: 1_000 }
        : { tag: 'taken', outcomes: answer.right }
    },
    async log() {
      const all: RecordedEvent[] = []
      for await (const batch of store.readAll(0n)) all.push(...batch)
      return all
    },
    async close() {
      await store.close()
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

/** Nothing of what an inbound says is shown, but it is kept. */
export interface Consuming {
  readonly inbound: Inbound
  said(): string
}

let groups = 0
export const newGroup = (): string => `group-${process.pid}-${groups++}`

/** As short as the broker of the tests allows for what is not about time. */
export function consume(options: Omit<InboundOptions, 'log'>): Consuming {
  const said: string[] = []
  const say = (level: string) => (fields: object, text: string) =>
    void said.push(`${level} ${text} ${JSON.stringify(fields, errorsAsText)}`)
  const log = { info: say('info'), warn: say('warn'), error: say('error'), debug: say('debug') }
  const inbound = createInbound({ ...options, log })
  inbound.start()
  return { inbound, said: () => said.join('\n') }
}

const errorsAsText = (_key: string, value: unknown) => (value instanceof Error ? String(value.stack) : value)

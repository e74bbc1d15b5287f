import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { forgottenIn, forgottenType, type Subject } from '@vouch/domain'
import type { EventStore } from '@vouch/event-store'
import {
  createSealer,
  KeysUnusable,
  type MasterKey,
  openSubjectKeys,
  type Sealer,
  type SubjectKeys,
} from '@vouch/personal'
import { type Warehouse, WarehouseError } from '@vouch/warehouse'
import { type Either, left, right } from 'fp-ts/lib/Either.js'
import { Failure } from './failure.ts'
import { masterKeyIn } from './master-key.ts'

/** What is needed for personal data: the keys of one data folder, and what seals with them. */
export interface PersonalData {
  readonly keys: SubjectKeys
  readonly sealer: Sealer
}

export interface PersonalOptions {
  readonly dataDir: string
  /** From the environment; without it one is kept in the data folder. */
  readonly masterKey?: Buffer | undefined
  readonly onNotice?: ((text: string) => void) | undefined
}

/** Opens the keys if there are any; else they are made when the first is needed. */
export function openPersonal(options: PersonalOptions): PersonalData {
  const path = join(options.dataDir, 'personal.db')
  const open = (): SubjectKeys => openSubjectKeys({ path, masterKey: (isFirst) => masterKeyOf(options, path, isFirst) })
  let opened: SubjectKeys | undefined
  try {
    if (existsSync(path)) {
      opened = open()
      opened.check()
    }
  } catch (error) {
    opened?.close()
    throw error instanceof KeysUnusable ? new Failure(error.message) : error
  }
  const keys = (): SubjectKeys => {
    opened ??= open()
    return opened
  }
  const lazy: SubjectKeys = {
    keyFor: (subject) => keys().keyFor(subject),
    byId: (id) => opened?.byId(id),
    has: (subject) => opened?.has(subject) ?? false,
    programsOf: (kind, id) => opened?.programsOf(kind, id) ?? [],
    check: () => opened?.check(),
    save: () => opened?.save(),
    forget: (subject, at) => keys().forget(subject, at),
    count: () => opened?.count() ?? { keys: 0, forgotten: 0 },
    close: () => opened?.close(),
  }
  return { keys: lazy, sealer: createSealer(lazy) }
}

function masterKeyOf(
  { dataDir, masterKey, onNotice }: PersonalOptions,
  keysPath: string,
  isFirst: boolean,
): Either<string, MasterKey> {
  if (masterKey) return right({ bytes: masterKey, from: 'VOUCH_MASTER_KEY' })
  const path = join(dataDir, 'master.key')
  if (existsSync(path)) return masterKeyIn(path)
  if (!isFirst) {
    return left(
      `The keys of personal data in ${keysPath} are under a master key that is not here: set VOUCH_MASTER_KEY to it.`,
    )
  }
  onNotice?.(
    `Personal data is sealed under a master key that was made in ${path}; set VOUCH_MASTER_KEY to keep it elsewhere.`,
  )
  return masterKeyIn(path)
}

/**
 * Destroys the keys of all that the log says are forgotten: those that a crash left, and those that an older copy of the
 * keys brought back.
 */
export async function forgetAgain(
  { keys, sealer }: PersonalData,
  store: EventStore,
  warehouse: Pick<Warehouse, 'published' | 'rows'>,
  now: number,
): Promise<void> {
  if (keys.count().keys === 0) return
  const { subjects, upTo } = await erasuresIn(warehouse)
  for (const subject of subjects) sealer.forget(subject, now)
  for await (const batch of store.readAll(upTo)) {
    for (const event of batch) if (event.type === forgottenType) sealer.forget(forgottenIn(event), now)
  }
}

/** Who is forgotten by the tables, and up to where they know it: nobody and nowhere, where a server does not answer. */
async function erasuresIn(
  warehouse: Pick<Warehouse, 'published' | 'rows'>,
): Promise<{ readonly subjects: Subject[]; readonly upTo: bigint }> {
  try {
    const upTo = (await warehouse.published('live'))?.position ?? 0n
    const subjects = await warehouse.rows<Subject>(
      'SELECT program_id AS programId, subject AS kind, subject_id AS id FROM vouch.erasures',
    )
    return { subjects, upTo }
  } catch (error) {
    if (error instanceof WarehouseError) return { subjects: [], upTo: 0n }
    throw error
  }
}

import { type Append, type EventToAppend, openSqliteStore, type SqliteStore } from '@vouch/event-store'
import { isLeft } from 'fp-ts/lib/Either.js'

/** @throws Error if there is no log that could be opened */
export function openLog(path: string): SqliteStore {
  const opened = openSqliteStore({ path })
  if (isLeft(opened)) throw new Error(opened.left.message)
  return opened.right
}

/** A fact, which begins a stream of its own. */
export const asFact = (event: EventToAppend): Append => ({
  stream: event.identity,
  expectedRevision: 'no-stream',
  events: [event],
})

/** @throws Error unless each is appended */
export async function appendAll(
  store: SqliteStore,
  events: readonly EventToAppend[],
  recordedAt: number,
): Promise<void> {
  await appendFacts(store, events.map(asFact), recordedAt)
}

/** @throws Error unless each is appended */
export async function appendFacts(store: SqliteStore, facts: readonly Append[], recordedAt: number): Promise<void> {
  const answer = await store.append(facts, recordedAt)()
  if (isLeft(answer)) throw new Error(answer.left.message)
  const other = answer.right.find(({ outcome }) => outcome !== 'appended')
  if (other) throw new Error(`An event of the workload is answered with ${other.outcome}.`)
}

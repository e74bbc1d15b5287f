import { randomUUID } from 'node:crypto'
import { constants } from 'node:fs'
import { access, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Conflict, Rejected } from '../admit/outcome.ts'
import { conflictReason, outcomeJson } from '../admit/outcome.ts'
import type { Codec, Sortable, Sorted } from './sorter.ts'
import { SpoolError } from './spool.ts'

/** One line of the rejects file, and its place among the others: that of its input. */
export interface Reject extends Sortable {
  readonly json: string
}

export interface RejectedInput {
  readonly file: string
  readonly line: number
  /** Undefined where it may hold personal data. */
  readonly input: string | undefined
  readonly base64?: string | undefined
}

export const rejectCodec: Codec<Reject> = {
  encode: ({ seq, json }) => `${seq} ${json}`,
  decode(line) {
    const blank = line.indexOf(' ')
    return { key: 0, seq: Number(line.slice(0, blank)), json: line.slice(blank + 1) }
  },
}

export function rejectOf(seq: number, place: RejectedInput, outcome: Rejected | Conflict): Reject {
  const { file, line } = place
  const { id } = outcome
  const given =
    place.input === undefined
      ? { input: null, withheld: personalWithheld }
      : { input: place.input, base64: place.base64 }
  const what =
    outcome.outcome === 'rejected'
      ? { field: outcome.field, reason: outcome.reason, ...given }
      : {
          field: outcome.fields[0] ?? '',
          reason: conflictReason(outcome),
          ...given,
          fields: outcome.fields,
          existing: existingJson(outcome),
        }
  return { key: 0, seq, json: JSON.stringify({ file, line, outcome: outcome.outcome, id, ...what }) }
}

/** What is personal is kept nowhere unsealed; the file that was imported has it. */
const personalWithheld = 'It may hold personal data: see the line in the file itself.'

function existingJson(conflict: Conflict): Readonly<Record<string, unknown>> {
  const { position, recordedAt } = conflict.existing
  return {
    position: Number(position),
    recordedAt: new Date(recordedAt).toISOString(),
    event: outcomeJson(conflict).error?.existing,
  }
}

/** Why a file cannot be written there; undefined if it can. */
export async function unwritable(path: string): Promise<string | undefined> {
  const folder = dirname(path)
  try {
    await access(folder, constants.W_OK)
    return undefined
  } catch (error) {
    const why = (error as { code?: string }).code === 'ENOENT' ? 'does not exist' : 'is not writable'
    return `The rejects file ${path} cannot be written: ${folder} ${why}.`
  }
}

/**
 * Writes the whole file under another name first, so that under its own name it is never half there.
 * @throws SpoolError
 */
export async function writeRejects(path: string, rejects: Sorted<Reject>): Promise<void> {
  const partial = `${path}.${randomUUID()}.partial`
  try {
    const file = await open(partial, 'wx')
    try {
      for await (const batch of rejects.scan(1000)) {
        await file.appendFile(batch.map(({ json }) => `${json}\n`).join(''))
      }
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(partial, path)
    await syncFolder(dirname(path))
  } catch (error) {
    await rm(partial, { force: true })
    throw new SpoolError(`The rejects file ${path} cannot be written: ${(error as Error).message}.`, { cause: error })
  }
}

/** Makes the new name durable, where the system lets a folder be opened. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r').catch(() => undefined)
  try {
    await folder?.sync().catch(() => undefined)
  } finally {
    await folder?.close()
  }
}

import { readdirSync, readFileSync } from 'node:fs'
import { right } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { canonicalJson } from '../canonical.ts'
import { eventTypes } from './catalog.ts'
import { decodeEvent, type StoredEvent, toCloudEvent } from './decode.ts'
import { parseEvent } from './parse.ts'
import type { VouchEvent } from './types.ts'

/**
 * Events as a log of today holds them, and what they must be read as for ever. A file is never changed: when a type gets
 * a new version, its file stays, `event` becomes what the upcast makes of `stored`, and the new version gets a file.
 */
interface Golden {
  readonly stored: StoredEvent
  readonly event: VouchEvent
}

const folder = new URL('../../golden/', import.meta.url)
const files = readdirSync(folder).sort()
const golden = (file: string): Golden => JSON.parse(readFileSync(new URL(file, folder), 'utf8'))

describe('golden files', () => {
  it('exist for every type', () => {
    const missing = eventTypes.filter((type) => !files.includes(`${type}.json`))
    expect(missing).toStrictEqual([])
  })

  it.each(files)('%s holds the type it is named after', (file) => {
    expect(`${golden(file).stored.type}.json`).toBe(file)
  })

  it.each(files)('%s is read as it always was', (file) => {
    const { stored, event } = golden(file)
    expect(decodeEvent(stored)).toStrictEqual(event)
  })

  it.each(files)('%s would be taken today, and kept in the same bytes', (file) => {
    const { stored, event } = golden(file)
    expect(parseEvent(toCloudEvent(event), stored.time)).toStrictEqual(right(event))
    expect(canonicalJson(decodeEvent(stored).data)).toBe(stored.data)
  })
})

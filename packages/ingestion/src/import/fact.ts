import type { EventToAppend } from '@vouch/event-store'
import type { Codec, Sortable } from './sorter.ts'

/** An event on its way into the log, with the place that it comes from. */
export interface Fact extends Sortable {
  /** Index of the file among those imported. */
  readonly file: number
  readonly line: number
  /** As it stands in the file; undefined where it may hold personal data. */
  readonly input: string | undefined
  readonly event: EventToAppend
}

type Encoded = readonly [
  key: number,
  seq: number,
  file: number,
  line: number,
  input: string | null,
  identity: string,
  contentHash: string,
  type: string,
  programId: string,
  source: string,
  id: string,
  time: number,
  data: string,
  extensions?: string,
]

export const factCodec: Codec<Fact> = {
  encode({ key, seq, file, line, input, event }) {
    const { identity, contentHash, type, programId, source, id, time, data, extensions } = event
    const where = [key, seq, file, line, input ?? null] as const
    const what = [identity, contentHash, type, programId, source, id, time, data] as const
    const encoded: Encoded = extensions === undefined ? [...where, ...what] : [...where, ...what, extensions]
    return JSON.stringify(encoded)
  },
  decode(text) {
    const [key, seq, file, line, input, identity, contentHash, type, programId, source, id, time, data, extensions] =
      JSON.parse(text) as Encoded
    return {
      key,
      seq,
      file,
      line,
      input: input ?? undefined,
      event: { identity, contentHash, type, programId, source, id, time, data, extensions },
    }
  },
}

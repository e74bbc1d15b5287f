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

/** No id and no JSON has one as it stands; only the input may, which comes last. */
const separator = '\t'

/** How the input is kept: not at all, as it stands, or as JSON where it has several lines. */
const inputAs = { none: '-', text: '=', json: 'j' } as const

/** A line of fields with tabs between: JSON of them takes four times as long to read. */
export const factCodec: Codec<Fact> = {
  encode({ key, seq, file, line, input, event }) {
    const { identity, contentHash, type, programId, source, id, time, data, extensions = '' } = event
    const where = `${key}\t${seq}\t${file}\t${line}`
    const what = `${identity}\t${contentHash}\t${type}\t${programId}\t${source}\t${id}\t${time}\t${data}\t${extensions}`
    return `${where}\t${what}\t${encodeInput(input)}`
  },
  decode(text) {
    let from = 0
    const next = (): string => {
      const to = text.indexOf(separator, from)
      const field = text.slice(from, to)
      from = to + 1
      return field
    }
    return {
      key: Number(next()),
      seq: Number(next()),
      file: Number(next()),
      line: Number(next()),
      event: {
        identity: next(),
        contentHash: next(),
        type: next(),
        programId: next(),
        source: next(),
        id: next(),
        time: Number(next()),
        data: next(),
        extensions: next() || undefined,
      },
      input: decodeInput(text.slice(from)),
    }
  },
}

function encodeInput(input: string | undefined): string {
  if (input === undefined) return inputAs.none
  return input.includes('\n') ? inputAs.json + JSON.stringify(input) : inputAs.text + input
}

function decodeInput(encoded: string): string | undefined {
  const text = encoded.slice(1)
  switch (encoded[0]) {
    case inputAs.text:
      return text
    case inputAs.json:
      return JSON.parse(text) as string
    default:
      return undefined
  }
}

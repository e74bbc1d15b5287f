import { withColumnKinds } from './native-columns.ts'

/**
 * chDB renders every piece of a stream as a document of its own. What makes of such documents one: the pieces of some
 * formats can stand behind each other as they are, others repeat a header.
 */
export type Joining = (piece: Buffer, isFirst: boolean) => Buffer

const asItIs: Joining = (piece) => piece

const withoutHeader =
  (headerBytes: (piece: Buffer) => number): Joining =>
  (piece, isFirst) =>
    isFirst ? piece : piece.subarray(headerBytes(piece))

/** A line break within a name is escaped. */
const withoutLines = (lines: number): Joining =>
  withoutHeader((piece) => {
    let end = 0
    for (let line = 0; line < lines; line++) end = piece.indexOf(0x0a, end) + 1
    return end
  })

/** The number of columns, then so many names, then as many types; each text behind its length. */
const withoutTexts = (textsAColumn: number): Joining =>
  withoutHeader((piece) => {
    let at = 0
    const number = (): number => {
      let value = 0
      for (let factor = 1; ; factor *= 128) {
        const byte = piece.readUInt8(at++)
        value += (byte & 127) * factor
        if (byte < 128) return value
      }
    }
    for (let texts = number() * textsAColumn; texts > 0; texts--) {
      const length = number()
      at += length
    }
    return at
  })

/** By the format's name in small letters; of a format that is not here no pieces can be given. */
export const joinings: ReadonlyMap<string, Joining> = new Map([
  ...[
    'jsoneachrow',
    'jsonl',
    'jsonlines',
    'ndjson',
    'jsonstringseachrow',
    'jsoncompacteachrow',
    'jsoncompactstringseachrow',
    'csv',
    'tsv',
    'tsvraw',
    'tabseparated',
    'tabseparatedraw',
    'raw',
    'tskv',
    'rowbinary',
    // A piece is a block, and a document of this format any number of blocks.
    'native',
  ].map((name) => [name, asItIs] as const),
  ...[
    'tsv',
    'tsvraw',
    'tabseparated',
    'tabseparatedraw',
    'raw',
    'jsoncompacteachrow',
    'jsoncompactstringseachrow',
  ].flatMap((name) => [
    [`${name}withnames`, withoutLines(1)] as const,
    [`${name}withnamesandtypes`, withoutLines(2)] as const,
  ]),
  ['rowbinarywithnames', withoutTexts(1)],
  ['rowbinarywithnamesandtypes', withoutTexts(2)],
])

/** From this revision on ClickHouse puts what a block is in front of it. */
const blockInfoSince = 51_903

/** From this revision on ClickHouse says behind each column's type how the column is written. */
const columnKindsSince = 54_454

/** Fields 1 (no overflow of a GROUP BY), 2 (no bucket: -1 in four bytes), and the end. */
const blockInfo = Buffer.from([1, 0, 2, 0xff, 0xff, 0xff, 0xff, 0])

/** How the pieces of format Native are joined for a revision of the protocol that questions may be asked in. */
export function nativeJoining(revision: number): Joining {
  if (revision < blockInfoSince) return asItIs
  if (revision < columnKindsSince) return (piece) => Buffer.concat([blockInfo, piece])
  return (piece) => withColumnKinds(piece, blockInfo)
}

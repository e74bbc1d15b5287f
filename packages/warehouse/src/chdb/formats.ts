import type { ChdbConnection } from 'chdb/connection'
import { isOpenFormat } from '../guard/names.ts'

export interface OutputFormat {
  readonly name: string
  readonly contentType: string
  /** Each piece that the engine hands out stands for itself: no header, no footer, no count of rows. */
  readonly comesInPieces: boolean
}

/** chDB renders every piece of a stream as a document of its own; for these formats that makes no difference. */
const lineFormats = new Set([
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
])

/** The formats that a stranger may ask for, by name in small letters. */
export async function readFormats(connection: ChdbConnection): Promise<ReadonlyMap<string, OutputFormat>> {
  const result = await connection.chdb.queryAsync('SELECT name, content_type FROM system.formats WHERE is_output', {
    format: 'JSONCompactEachRow',
  })
  const rows = result
    .text()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as [string, string])
  return new Map(
    rows
      .filter(([name]) => isOpenFormat(name))
      .map(([name, contentType]) => {
        const key = name.toLowerCase()
        return [key, { name, contentType, comesInPieces: lineFormats.has(key) }]
      }),
  )
}

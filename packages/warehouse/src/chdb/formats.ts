import type { ChdbConnection } from 'chdb/connection'
import { isOpenFormat } from '../guard/names.ts'
import { type Joining, joinings } from './pieces.ts'

export interface OutputFormat {
  readonly name: string
  readonly contentType: string
  /** How the pieces that the engine hands out become one answer; undefined where they cannot. */
  readonly joining: Joining | undefined
}

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
        return [key, { name, contentType, joining: joinings.get(key) }]
      }),
  )
}

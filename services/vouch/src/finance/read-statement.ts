import { buffer } from 'node:stream/consumers'
import { readCamtStatement } from './statement-camt.ts'
import { type CsvStatement, readCsvStatement } from './statement-csv.ts'
import { type ReadLine, UnusableStatement } from './statement-file.ts'

export const statementFormats = ['csv', 'camt.053'] as const
export type StatementFormat = (typeof statementFormats)[number]

export interface StatementOptions extends CsvStatement {
  readonly format: StatementFormat
  /** A file with more lines is not read to its end; any number if absent. */
  readonly maxLines?: number | undefined
}

export class StatementTooLong extends UnusableStatement {}

/** @throws UnusableStatement */
export async function readStatement(
  chunks: AsyncIterable<Uint8Array>,
  { format, maxLines = Number.POSITIVE_INFINITY, ...options }: StatementOptions,
): Promise<ReadLine[]> {
  const lines: ReadLine[] = []
  const read =
    format === 'camt.053' ? readCamtStatement(await buffer(chunks), options) : readCsvStatement(chunks, options)
  for await (const line of read) {
    if (lines.length === maxLines)
      throw new StatementTooLong(`It has more than ${maxLines} lines, which is as many as are taken at once.`)
    lines.push(line)
  }
  return lines
}

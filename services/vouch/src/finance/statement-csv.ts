import { type CsvRecord, readCsv, UnusableCsv } from '@vouch/ingestion'
import { type ReadLine, readStated, type Unread, UnusableStatement } from './statement-file.ts'

const needed = ['reference', 'amount', 'currency', 'status', 'date'] as const
const optional = ['beneficiary_id', 'fee', 'statement_id', 'line_id', 'reason'] as const
const columns: readonly string[] = [...needed, ...optional]

export interface CsvStatement {
  /** Whose it is: CSV does not say. */
  readonly provider: string
  /** ms since the epoch, UTC */
  readonly now: number
}

/**
 * Reads the CSV of a provider: columns in any order, others are passed over.
 * @throws UnusableStatement for a header that cannot be used
 */
export async function* readCsvStatement(
  chunks: AsyncIterable<Uint8Array>,
  { provider, now }: CsvStatement,
): AsyncGenerator<ReadLine> {
  let header: Map<string, number> | undefined
  let width = 0
  try {
    for await (const records of readCsv(chunks)) {
      for (const record of records) {
        if (header === undefined) {
          header = headerOf(record)
          width = 'values' in record.content ? record.content.values.length : 0
          continue
        }
        const { line, input, content } = record
        if ('reason' in content) yield { line, input, field: '', reason: content.reason }
        else if (content.values.length !== width) yield { line, input, ...wrongWidth(content.values.length, width) }
        else yield { line, input, ...readStated(givenBy(cellsOf(header, content.values), provider), now) }
      }
    }
  } catch (error) {
    if (error instanceof UnusableCsv) throw new UnusableStatement(`It is no CSV: ${error.message}.`)
    throw error
  }
  if (header === undefined) throw new UnusableStatement(`It is empty; its first line names the columns ${all}.`)
}

const all = columns.join(', ')

function headerOf({ content }: CsvRecord): Map<string, number> {
  if ('reason' in content) throw new UnusableStatement(`Its first line is no header: ${content.reason}.`)
  const header = new Map<string, number>()
  for (const [index, cell] of content.values.entries()) {
    const name = cell.trim().toLowerCase()
    if (!columns.includes(name)) continue
    if (header.has(name)) throw new UnusableStatement(`Its first line names the column ${name} twice.`)
    header.set(name, index)
  }
  const missing = needed.filter((name) => !header.has(name))
  if (missing.length > 0)
    throw new UnusableStatement(
      `Its first line does not name ${missing.length === 1 ? 'the column' : 'the columns'} ${missing.join(', ')}; it may name ${all}, in any order.`,
    )
  return header
}

const wrongWidth = (cells: number, width: number): Unread => ({
  field: '',
  reason: `has ${cells} ${cells === 1 ? 'cell' : 'cells'}, and the header names ${width}`,
})

type Cells = (column: string) => string

const cellsOf =
  (header: ReadonlyMap<string, number>, values: readonly string[]): Cells =>
  (column) =>
    values[header.get(column) ?? -1]?.trim() ?? ''

/** What is blank and may be is left out, and so is a fee of nothing. */
function givenBy(cell: Cells, provider: string): Record<string, unknown> {
  const currency = cell('currency').toUpperCase()
  const fee = cell('fee')
  return {
    provider,
    reference: cell('reference'),
    beneficiaryId: cell('beneficiary_id') || undefined,
    amount: { value: cell('amount'), currency },
    status: cell('status').toLowerCase(),
    date: cell('date'),
    fee: /^[0.]*$/.test(fee) ? undefined : { value: fee, currency },
    statementId: cell('statement_id') || undefined,
    lineId: cell('line_id') || undefined,
    reason: cell('reason') || undefined,
  }
}

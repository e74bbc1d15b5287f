import {
  bindStatementMapping,
  type CsvRecord,
  type MappedStatement,
  readCsv,
  type StatementMapping,
  UnusableCsv,
} from '@vouch/ingestion'
import { isLeft } from 'fp-ts/lib/Either.js'
import { type ReadLine, readStated, type Unread, UnusableStatement } from './statement-file.ts'

const needed = ['reference', 'amount', 'currency', 'status', 'date'] as const
const optional = ['beneficiary_id', 'fee', 'statement_id', 'line_id', 'reason'] as const
const columns: readonly string[] = [...needed, ...optional]

export interface CsvStatement {
  /** Whose it is: CSV does not say. */
  readonly provider: string
  /** ms since the epoch, UTC */
  readonly now: number
  /** How its columns are called, where they have other names than ours. */
  readonly mapping?: StatementMapping | undefined
  /** As its user named it, for problems to name. */
  readonly file?: string | undefined
}

/** What a row says; undefined where it is passed over. */
type Mapper = (values: readonly string[]) => Readonly<Record<string, unknown>> | Unread | undefined

/**
 * Reads the CSV of a provider: columns in any order, others are passed over.
 * @throws UnusableStatement for a header that cannot be used
 */
export async function* readCsvStatement(
  chunks: AsyncIterable<Uint8Array>,
  options: CsvStatement,
): AsyncGenerator<ReadLine> {
  const { now, mapping } = options
  let mapper: Mapper | undefined
  let width = 0
  try {
    for await (const records of readCsv(chunks, mapping === undefined ? {} : { delimiter: mapping.delimiter })) {
      for (const record of records) {
        if (mapper === undefined) {
          mapper = mapping === undefined ? ownMapper(record, options) : mapperOf(mapping, record, options)
          width = 'values' in record.content ? record.content.values.length : 0
          continue
        }
        const { line, input, content } = record
        if ('reason' in content) yield { line, input, field: '', reason: content.reason }
        else if (content.values.length !== width) yield { line, input, ...wrongWidth(content.values.length, width) }
        else {
          const given = mapper(content.values)
          if (given === undefined) continue
          if (isUnread(given)) yield { line, input, ...given }
          else yield { line, input, ...readStated(given, now) }
        }
      }
    }
  } catch (error) {
    if (error instanceof UnusableCsv) throw new UnusableStatement(`It is no CSV: ${error.message}.`)
    throw error
  }
  if (mapper === undefined) throw new UnusableStatement(`It is empty; its first line names the columns ${all}.`)
}

const isUnread = (given: object): given is Unread => 'field' in given

function ownMapper(record: CsvRecord, { provider }: CsvStatement): Mapper {
  const header = headerOf(record)
  return (values) => givenBy(cellsOf(header, values), provider)
}

/** @throws UnusableStatement where the file has not the columns that the mapping names */
function mapperOf(mapping: StatementMapping, { content }: CsvRecord, { provider, file }: CsvStatement): Mapper {
  if ('reason' in content) throw new UnusableStatement(`Its first line is no header: ${content.reason}.`)
  const bound = bindStatementMapping(mapping, content.values, file ?? 'it')
  if (isLeft(bound)) throw new UnusableStatement(bound.left.join('\n'))
  return (values) => {
    const row = bound.right(values)
    if (row === undefined) return undefined
    return isLeft(row) ? row.left : givenBy(mappedCell(row.right), provider)
  }
}

const mappedCell =
  (row: MappedStatement): Cells =>
  (column) => {
    if (column === 'amount') return row.amount?.value ?? ''
    if (column === 'currency') return row.amount?.currency ?? ''
    if (column === 'fee') return row.fee?.value ?? ''
    if (column === 'fee_currency') return row.fee?.currency ?? ''
    return (row[column as keyof Omit<MappedStatement, 'amount' | 'fee'>] ?? '').trim()
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
    fee: /^[0.]*$/.test(fee) ? undefined : { value: fee, currency: cell('fee_currency').toUpperCase() || currency },
    statementId: cell('statement_id') || undefined,
    lineId: cell('line_id') || undefined,
    reason: cell('reason') || undefined,
  }
}

import { digitsOf, formatMinor, toMinor } from '@vouch/domain'
import type { AskedTables } from '../folds.ts'
import { csvLine } from './csv.ts'

export const journalFormats = ['hledger', 'csv'] as const
export type JournalFormat = (typeof journalFormats)[number]

export interface JournalOptions {
  readonly format: JournalFormat
  /** The last day that counts; without it, all do. */
  readonly until?: string | undefined
  /** As it is known there. */
  readonly position: bigint
}

interface EntryRow {
  readonly on: string
  readonly id: string
  readonly memo: string
  readonly account: string
  readonly party: string
  readonly amount: string
  readonly currency: string
  readonly position: string
  readonly line: number
}

const lastDay = '2149-06-06'

/**
 * The journal, piece by piece, in order of days, then as the log has it: the same text whenever it is asked for. hledger
 * and ledger read the format `hledger` as it is, and both are told all accounts and currencies before, as their strict checks
 * demand.
 */
export async function* journal(
  warehouse: AskedTables,
  { format, until = lastDay, position }: JournalOptions,
): AsyncGenerator<string> {
  const bounds = { until, position: position.toString() }
  if (format === 'csv') yield csvLine(csvColumns)
  else yield await declarations(warehouse, bounds)
  for (const month of await monthsOf(warehouse, bounds)) {
    const entries = await warehouse.rows<EntryRow>(
      `SELECT toString(effective_on) AS on, transaction_id AS id, memo, account, party_id AS party, toString(amount) AS amount,
         toString(currency) AS currency, toString(position) AS position, line
       FROM vouch.ledger
       WHERE toStartOfMonth(effective_on) = {month:Date} AND ${within}
       ORDER BY effective_on, vouch.ledger.position, line`,
      { ...bounds, month },
    )
    yield format === 'csv' ? entries.map(csvOf).join('') : transactionsText(entries)
  }
}

const within = 'effective_on <= {until:Date} AND vouch.ledger.position <= {position:UInt64}'

type Bounds = Readonly<Record<'until' | 'position', string>>

/** A month at a time fits into memory where all of them may not. */
async function monthsOf(warehouse: AskedTables, bounds: Bounds): Promise<string[]> {
  const rows = await warehouse.rows<{ month: string }>(
    `SELECT DISTINCT toString(toStartOfMonth(effective_on)) AS month FROM vouch.ledger WHERE ${within} ORDER BY month`,
    bounds,
  )
  return rows.map(({ month }) => month)
}

async function declarations(warehouse: AskedTables, bounds: Bounds): Promise<string> {
  const rows = await warehouse.rows<{ account: string; currencies: readonly string[] }>(
    `SELECT account, groupUniqArray(toString(currency)) AS currencies FROM vouch.ledger WHERE ${within} GROUP BY account ORDER BY account`,
    bounds,
  )
  const currencies = [...new Set(rows.flatMap((row) => row.currencies))].sort()
  const accounts = rows.map(({ account }) => `account ${account}\n`)
  return `${currencies.map(commodityText).join('')}\n${accounts.join('')}\n`
}

/** hledger wants a decimal mark in a format, and ledger none that has nothing after it: without digits there is no format. */
function commodityText(currency: string): string {
  const digits = digitsOf(currency) ?? 0
  return `commodity ${currency}\n${digits === 0 ? '' : `  format 1000.${'0'.repeat(digits)} ${currency}\n`}`
}

const csvColumns = [
  'effective_on',
  'transaction_id',
  'account',
  'party_id',
  'amount',
  'currency',
  'memo',
  'position',
  'line',
]

const csvOf = ({ on, id, account, party, amount, currency, memo, position, line }: EntryRow): string =>
  csvLine([on, id, account, party, exact(amount, currency), currency, memo, position, String(line)])

function transactionsText(entries: readonly EntryRow[]): string {
  let text = ''
  let open: string | undefined
  for (const { on, id, memo, account, amount, currency } of entries) {
    if (id !== open) text += `${open === undefined ? '' : '\n'}${on} * ${memo}\n  ; ${id}\n`
    open = id
    text += `  ${account}  ${exact(amount, currency)} ${currency}\n`
  }
  return text === '' ? '' : `${text}\n`
}

/** With the digits of the currency. */
const exact = (amount: string, currency: string): string => formatMinor(toMinor({ value: amount, currency }), currency)

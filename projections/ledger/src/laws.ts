import { currencies, digitsOf } from '@vouch/domain'
import type { Law } from '@vouch/projector'

const tables = [
  'ledger',
  'payouts',
  'statement_lines',
  'resolutions',
  'balance_conversions',
  'payee_holds',
  'periods',
  'period_totals',
]

export const ledgerLaws: readonly Law[] = [
  {
    name: 'double entry',
    says: 'each transaction is of one event and one day, and sums to zero in each currency',
    query: (db) => `
      SELECT transaction_id, currency, sum(amount) AS off, uniqExact(position, effective_on) AS days FROM ${db}.ledger
      GROUP BY transaction_id, currency HAVING off != 0 OR days > 1`,
  },
  {
    name: 'owed',
    says: 'what rewards and conversions come to is what a party is still owed and what batches have taken from it, and the expense of it',
    query: (db) => `
      SELECT party_id, currency, sum(owed) AS owed_off, sum(expense) AS expense_off FROM (
        SELECT party_id, currency, sumIf(amount, startsWith(account, 'liability:')) AS owed, sumIf(amount, startsWith(account, 'expense:rewards:')) AS expense
        FROM ${db}.ledger WHERE batch_id = '' GROUP BY party_id, currency
        UNION ALL
        SELECT ${party} AS party_id, currency, sum(amount), -sum(amount)
        FROM ${db}.rewards GROUP BY program_id, role, beneficiary_id, currency
        UNION ALL
        SELECT ${party} AS party_id, to_currency, to_amount, toDecimal64(0, 4) FROM ${db}.balance_conversions
        UNION ALL
        SELECT ${party} AS party_id, from_currency, -from_amount, toDecimal64(0, 4) FROM ${db}.balance_conversions
      ) GROUP BY party_id, currency HAVING owed_off != 0 OR expense_off != 0`,
  },
  {
    name: 'converted',
    says: 'what is converted comes to what the recorded rate makes of it, to the minor unit, each balance by itself and all on the account of exchange',
    query: (db) => `
      SELECT position, from_currency, to_currency, rate, taken, given FROM (
        SELECT position, from_currency, to_currency, rate, from_amount AS taken, to_amount AS given FROM ${db}.balance_conversions
        UNION ALL
        SELECT position, from_currency, to_currency, rate, -sumIf(amount, currency = from_currency), sumIf(amount, currency = to_currency)
        FROM (SELECT DISTINCT position, from_currency, to_currency, rate FROM ${db}.balance_conversions) AS c
          LEFT JOIN (SELECT position, amount, currency FROM ${db}.ledger WHERE account = 'equity:exchange') AS l USING position
        GROUP BY position, from_currency, to_currency, rate
      ) WHERE abs(toDecimal256(given, 14) - toDecimal256(taken, 4) * toDecimal256(rate, 10)) * 2 * ${minorUnitsOf('to_currency')} > 1`,
  },
  {
    name: 'in transit',
    says: 'what a batch has in transit is the sum of its lines that are open',
    query: (db) => `
      SELECT batch_id, currency, sum(amount) AS off FROM (
        SELECT batch_id, currency, amount FROM ${db}.ledger WHERE startsWith(account, 'liability:in-transit:')
        UNION ALL
        SELECT batch_id, currency, amount FROM ${db}.payout_lines WHERE status IN ('opened', 'approved', 'submitted')
      ) GROUP BY batch_id, currency HAVING off != 0`,
  },
  {
    name: 'paid once',
    says: 'a line is opened once, goes out once and is settled once at most, with one amount throughout, and not by itself once somebody has resolved it',
    query: (db) => `
      SELECT reference, groupArray(entry) AS entries FROM ${db}.payouts GROUP BY reference
      HAVING countIf(entry = 'opened') != 1 OR countIf(entry != 'resolved') != uniqExactIf(entry, entry != 'resolved')
        OR uniqExact(amount, currency, batch_id, beneficiary_id) > 1
        OR (has(entries, 'cancelled') AND hasAny(entries, ['submitted', 'settled', 'failed', 'returned', 'resolved']))
        OR (has(entries, 'failed') AND hasAny(entries, ['settled', 'returned']))
        OR (hasAny(entries, ['settled', 'failed', 'returned', 'resolved']) AND NOT has(entries, 'submitted'))
        OR (has(entries, 'resolved') AND maxIf(position, entry IN ('settled', 'failed', 'returned')) > minIf(position, entry = 'resolved'))
        OR (has(entries, 'submitted') AND NOT has(entries, 'approved'))`,
  },
  {
    name: 'stated',
    says: 'what is settled, failed or returned is so by a line of a statement with its amount, and each instruction is in one class',
    query: (db) => `
      SELECT reference, count() AS off FROM ${db}.payouts WHERE entry IN ('settled', 'failed', 'returned')
        AND (reference, entry, toString(currency), amount) NOT IN (SELECT reference, status, toString(currency), amount FROM ${db}.statement_lines)
      GROUP BY reference
      UNION ALL
      SELECT reference, countIf(class NOT IN ('unexpected', 'duplicate')) AS off FROM (
        SELECT reference, class FROM ${db}.reconciliation
        UNION ALL
        SELECT reference, 'settled' FROM ${db}.payout_lines WHERE status IN ('submitted', 'settled', 'failed', 'returned', 'resolved')
      ) GROUP BY reference HAVING off NOT IN (0, 2)`,
  },
  {
    name: 'resolved',
    says: 'who resolved a discrepancy, and why, is known, and so is each line of a statement that it is about; what was resolved of an instruction is a row of its payout',
    query: (db) => `
      SELECT resolution_id AS found FROM ${db}.resolutions WHERE actor = '' OR reason = ''
      UNION ALL
      SELECT arrayJoin(splitByChar(' ', line_ids)) AS found FROM ${db}.resolutions
      WHERE found != '' AND found NOT IN (SELECT event_id FROM ${db}.statement_lines)
      UNION ALL
      SELECT reference AS found FROM (
        SELECT reference, position FROM ${db}.resolutions WHERE class NOT IN ('unexpected', 'duplicate')
        UNION ALL
        SELECT reference, position FROM ${db}.payouts WHERE entry = 'resolved'
      ) GROUP BY reference, position HAVING count() != 2`,
  },
  {
    name: 'closed months',
    says: 'a closed month comes to what it was declared to, for everybody',
    query: (db) => `
      WITH toStartOfMonth(effective_on) AS month, toStartOfMonth(belongs_on) AS own_month
      SELECT period, party_id, currency, ${sumNames.map((name) => `sum(${name}) AS ${name}_off`).join(', ')} FROM (
        SELECT p.period AS period, party_id, currency, ${declaredSums('month', 'own_month', 'p.closed').join(', ')}
        FROM ${db}.ledger AS l INNER JOIN (
          SELECT program_id, period, toStartOfMonth(last_day) AS closed FROM ${db}.periods WHERE entry = 'closed'
        ) AS p ON p.program_id = l.program_id
        WHERE startsWith(account, 'liability:') AND month <= p.closed GROUP BY period, party_id, currency
        UNION ALL
        SELECT period, party_id, currency, ${sumNames.join(', ')} FROM ${db}.period_totals
      ) GROUP BY period, party_id, currency HAVING ${sumNames.map((name) => `${name}_off != 0`).join(' OR ')}`,
  },
  {
    name: 'dated in open months',
    says: 'nothing counts in a month that was closed before it was known',
    query: (db) => `
      SELECT transaction_id, l.position AS position, effective_on, c.last_day AS closed_to FROM ${db}.ledger AS l
      ASOF INNER JOIN (SELECT program_id, position, last_day FROM ${db}.periods WHERE entry = 'closing') AS c
        ON c.program_id = l.program_id AND l.position > c.position
      WHERE effective_on <= c.last_day AND NOT startsWith(transaction_id, 'period/')`,
  },
  {
    name: 'ledger lines',
    says: 'position and line are unique in the tables of the books, and no row is without its event',
    query: (db) =>
      tables
        .flatMap((table) => [
          `SELECT '${table}' AS found, position FROM ${db}.${table} GROUP BY position, line HAVING count() > 1`,
          `SELECT '${table}' AS found, position FROM ${db}.${table} WHERE position NOT IN (SELECT position FROM ${db}.events)`,
        ])
        .join(' UNION ALL '),
  },
]

/** What makes up each column of `period_totals` that is a sum; what is owed is on the credit side, so that they add up to zero with it. */
const declared = {
  opening: 'MONTH < CLOSED',
  earned: "OWN AND movement = 'earned'",
  reversed: "OWN AND movement = 'reversed'",
  paid: "OWN AND movement IN ('settled', 'returned')",
  written_off: "OWN AND movement = 'written-off'",
  converted: "OWN AND movement = 'converted'",
  adjusted: 'MONTH = CLOSED AND BELONGS < CLOSED',
  closing: 'true',
  pending: "startsWith(account, 'liability:pending:')",
  payable: "startsWith(account, 'liability:payable:')",
  in_transit: "startsWith(account, 'liability:in-transit:')",
} as const

const sumNames = Object.keys(declared)

function declaredSums(month: string, belongs: string, closed: string): string[] {
  return Object.entries(declared).map(([name, rows]) => {
    const condition = rows
      .replaceAll('OWN', 'MONTH = CLOSED AND BELONGS >= CLOSED')
      .replaceAll('MONTH', month)
      .replaceAll('BELONGS', belongs)
      .replaceAll('CLOSED', closed)
    return `sumIf(amount, ${condition}) AS ${name}`
  })
}

/** How many minor units a unit of the currency has. */
function minorUnitsOf(column: string): string {
  const others = currencies.filter((code) => digitsOf(code) !== 2)
  const list = others.map((code) => `'${code}'`).join(', ')
  return `transform(toString(${column}), [${list}], [${others.map((code) => 10 ** (digitsOf(code) ?? 2)).join(', ')}], 100)`
}

/** As accounts name it: ClickHouse leaves `.` and `~` as they are. */
const encoded = (column: string): string =>
  `replaceAll(replaceAll(encodeURLComponent(${column}), '.', '%2E'), '~', '%7E')`

const party = `concat(${encoded('program_id')}, ':', role, ':', ${encoded('beneficiary_id')})`

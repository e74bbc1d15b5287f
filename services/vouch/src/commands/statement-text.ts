import type { Statement, StatementSum } from '../finance/statement-of.ts'
import {
  knownWords,
  monthWords,
  movements,
  outcomeWords,
  payableWords,
  restsOf,
  ruleWords,
  shownSums,
  sumWords,
} from '../finance/statement-words.ts'
import { columns } from './columns.ts'

/** A statement as a person reads it on a terminal. */
export function statementText(statement: Statement): string {
  const { programName, programId, kind, beneficiaryId } = statement
  const program = programName === programId ? programId : `${programName} (${programId})`
  const head = `Statement of ${kind} ${beneficiaryId} for ${monthWords(statement)}, program ${program}.\n${knownWords(statement)}`
  return [head, sumsText(statement), ...detailsText(statement)].filter((text) => text !== '').join('\n\n')
}

function sumsText(statement: Statement): string {
  const { totals } = statement
  if (totals.length === 0) return 'Nothing was earned or paid, and nothing is owed.'
  const row = (of: StatementSum, indent: string) => [indent + sumWords[of], ...totals.map((it) => it[of])]
  const rows = [
    ['', ...totals.map(({ currency }) => currency)],
    ...shownSums(statement, movements).map((of) => row(of, '')),
    ...shownSums(statement, restsOf).map((of) => row(of, '  ')),
  ]
  return columns(
    rows,
    totals.map((_it, index) => index + 1),
  ).join('\n')
}

function detailsText({ rewards, payments, others, adjustments }: Statement): string[] {
  return [
    table(
      ['REWARD ON', 'RULE', 'FOR', 'PAYABLE FROM', 'AMOUNT'],
      rewards.map((it) => [
        it.on,
        ruleWords(it),
        it.conversionId ?? '',
        payableWords(it),
        `${it.amount} ${it.currency}`,
      ]),
    ),
    table(
      ['PAYMENT ON', 'BATCH', 'REFERENCE', 'WHAT', 'AMOUNT'],
      payments.map((it) => [
        it.on,
        it.batchId,
        it.reference,
        outcomeWords[it.outcome],
        `${it.outcome === 'failed' ? it.payment : it.amount} ${it.currency}`,
      ]),
    ),
    table(
      ['BOOKED ON', 'WHAT', 'AMOUNT'],
      others.map((it) => [it.on, it.memo, `${it.amount} ${it.currency}`]),
    ),
    table(
      ['ADJUSTED ON', 'BELONGS TO', 'WHAT', 'AMOUNT'],
      adjustments.map((it) => [it.on, it.belongsOn, it.memo, `${it.amount} ${it.currency}`]),
    ),
  ]
}

/** The last column has the amounts; nothing where there are no rows. */
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  rows.length === 0 ? '' : columns([head, ...rows], [head.length - 1]).join('\n')

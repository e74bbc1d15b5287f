import { type Aging, type AgingReport, ages, type Counted } from '../finance/aging.ts'
import { csvLine } from '../finance/csv.ts'
import type { Liability, LiabilityReport } from '../finance/liabilities.ts'
import { columns } from './columns.ts'

/** What is owed, by program and currency, for people to read. */
export function liabilitiesText({ on, position, lines, totals }: LiabilityReport): string {
  const title = `Liabilities on ${on}, as known at position ${position}.`
  if (lines.length === 0) return `${title}\nNothing is owed.`
  const head = [
    'PROGRAM',
    'CURRENCY',
    'PENDING',
    'PAYABLE',
    'IN TRANSIT',
    'NET',
    'OWED',
    'PARTIES',
    'BELOW ZERO',
    'PARTIES',
  ]
  const rows = [
    ...lines.map((line) => [line.programId, ...liabilityCells(line)]),
    ...totals.map((total) => ['total', ...liabilityCells(total)]),
  ]
  return [title, ...columns([head, ...rows], [2, 3, 4, 5, 6, 7, 8, 9])].join('\n')
}

export function liabilitiesCsv({ lines }: LiabilityReport): string {
  const head = 'program_id,currency,pending,payable,in_transit,net,owed,parties,below_zero,parties_below_zero'.split(
    ',',
  )
  return [head, ...lines.map((line) => [line.programId, ...liabilityCells(line)])].map(csvLine).join('')
}

const liabilityCells = (it: Liability): string[] => [
  it.currency,
  it.pending,
  it.payable,
  it.inTransit,
  it.net,
  it.owed,
  String(it.parties),
  it.belowZero,
  String(it.partiesBelowZero),
]

const ageHeads = ['NOT DUE', '0-30 DAYS', '31-60', '61-90', 'OVER 90', 'PAYABLE']

/** How long what is payable has been so, for people to read. */
export function agingText({ on, position, lines, totals, parties }: AgingReport): string {
  const title = `Aging of payables on ${on}, as known at position ${position}.`
  if (lines.length === 0) return `${title}\nNothing is payable.`
  const counted = (it: Aging & Counted) => [
    ...ageCells(it),
    String(it.parties),
    it.belowZero,
    String(it.partiesBelowZero),
  ]
  const rows = [
    ['PROGRAM', 'CURRENCY', ...ageHeads, 'PARTIES', 'BELOW ZERO', 'PARTIES'],
    ...lines.map((line) => [line.programId, line.currency, ...counted(line)]),
    ...totals.map((total) => ['total', total.currency, ...counted(total)]),
  ]
  const byProgram = columns(rows, [2, 3, 4, 5, 6, 7, 8, 9, 10])
  if (parties === undefined) return [title, ...byProgram].join('\n')
  const own = parties.map((it) => [it.programId, it.kind, it.beneficiaryId, it.currency, ...ageCells(it), it.belowZero])
  const head = ['PROGRAM', 'KIND', 'ID', 'CURRENCY', ...ageHeads, 'BELOW ZERO']
  return [title, ...byProgram, '', ...columns([head, ...own], [4, 5, 6, 7, 8, 9, 10])].join('\n')
}

const ageColumns = 'not_due,days_0_to_30,days_31_to_60,days_61_to_90,over_90,payable'.split(',')

export function agingCsv({ lines, parties }: AgingReport): string {
  const rows =
    parties === undefined
      ? [
          ['program_id', 'currency', ...ageColumns, 'parties', 'below_zero', 'parties_below_zero'],
          ...lines.map((it) => [
            it.programId,
            it.currency,
            ...ageCells(it),
            String(it.parties),
            it.belowZero,
            String(it.partiesBelowZero),
          ]),
        ]
      : [
          ['program_id', 'kind', 'beneficiary_id', 'currency', ...ageColumns, 'below_zero'],
          ...parties.map((it) => [it.programId, it.kind, it.beneficiaryId, it.currency, ...ageCells(it), it.belowZero]),
        ]
  return rows.map(csvLine).join('')
}

const ageCells = (it: Aging): string[] => [it.notDue, ...ages.map((age) => it[age]), it.payable]

import { formatMinor, toMinor } from '@vouch/domain'
import type { AskedTables } from '../folds.ts'

/** What a report at a date is about. */
export interface ReportAsked {
  /** Default: all. */
  readonly programId?: string | undefined
  /** The last day that counts, 'YYYY-MM-DD'. */
  readonly on: string
  /** As the books were known there. */
  readonly position: bigint
}

/** What is owed in a currency; amounts are decimals. */
export interface Liability {
  readonly currency: string
  /** What the accounts of the ledger come to, each kind of them together. */
  readonly pending: string
  readonly payable: string
  readonly inTransit: string
  /** The three together. */
  readonly net: string
  /** What is owed to those who are owed something, all their accounts together, and how many they are. */
  readonly owed: string
  readonly parties: number
  /** What those owe who got more than is left of what they earned; zero or below. */
  readonly belowZero: string
  readonly partiesBelowZero: number
}

export interface LiabilityReport {
  readonly on: string
  readonly position: number
  readonly lines: readonly ({ readonly programId: string } & Liability)[]
  /** By currency: they are never added up. */
  readonly totals: readonly Liability[]
}

const amounts = ['pending', 'payable', 'inTransit', 'net', 'owed', 'belowZero'] as const
const counts = ['parties', 'partiesBelowZero'] as const

interface Sums extends Record<(typeof amounts)[number], bigint>, Record<(typeof counts)[number], number> {
  readonly programId: string
  readonly currency: string
}

/** What each program owes on a day, by currency, in order of program and currency. */
export async function liabilities(warehouse: AskedTables, asked: ReportAsked): Promise<LiabilityReport> {
  const lines = await sumsOf(warehouse, asked)
  const totals = new Map<string, Sums>()
  for (const line of lines) totals.set(line.currency, added(totals.get(line.currency), line))
  const inOrder = [...totals.values()].sort((a, b) => (a.currency < b.currency ? -1 : 1))
  return {
    on: asked.on,
    position: Number(asked.position),
    lines: lines.map((line) => ({ programId: line.programId, ...liabilityOf(line) })),
    totals: inOrder.map(liabilityOf),
  }
}

/** Whom an entry is about: in whatever role, an advocate is one person, and a customer another. */
export const person = `(splitByChar(':', party_id)[2] = 'referee', splitByChar(':', party_id)[3])`

/** Of the ledger, what counts. */
export const within = ({ programId }: ReportAsked): string =>
  `effective_on <= {on:Date} AND position <= {position:UInt64}${programId === undefined ? '' : ' AND program_id = {programId:String}'}`

export const bounds = ({ programId, on, position }: ReportAsked) => ({
  on,
  position: position.toString(),
  programId: programId ?? '',
})

async function sumsOf(warehouse: AskedTables, asked: ReportAsked): Promise<Sums[]> {
  const of = (account: string) => `-sumIf(amount, startsWith(account, 'liability:${account}:'))`
  const rows = await warehouse.rows<Record<'program' | 'money' | keyof Sums, string> & Record<'parties', number>>(
    `SELECT program, money, toString(sum(held)) AS pending, toString(sum(due)) AS payable, toString(sum(under_way)) AS inTransit,
       toString(sum(together)) AS net, toString(sumIf(together, together > 0)) AS owed, toString(sumIf(together, together < 0)) AS belowZero,
       toUInt32(countIf(together > 0)) AS parties, toUInt32(countIf(together < 0)) AS partiesBelowZero
     FROM (
       SELECT toString(program_id) AS program, toString(currency) AS money, ${person} AS who,
         ${of('pending')} AS held, ${of('payable')} AS due, ${of('in-transit')} AS under_way, held + due + under_way AS together
       FROM vouch.ledger WHERE startsWith(account, 'liability:') AND ${within(asked)}
       GROUP BY program_id, currency, who HAVING held != 0 OR due != 0 OR under_way != 0
     )
     GROUP BY program, money ORDER BY program, money`,
    bounds(asked),
  )
  return rows.map(({ program, money, ...row }) => {
    const minor = (of: (typeof amounts)[number]) => toMinor({ value: row[of], currency: money })
    return {
      programId: program,
      currency: money,
      pending: minor('pending'),
      payable: minor('payable'),
      inTransit: minor('inTransit'),
      net: minor('net'),
      owed: minor('owed'),
      belowZero: minor('belowZero'),
      parties: Number(row.parties),
      partiesBelowZero: Number(row.partiesBelowZero),
    }
  })
}

function added(sum: Sums | undefined, line: Sums): Sums {
  if (sum === undefined) return line
  const both = { ...sum }
  for (const of of amounts) both[of] += line[of]
  for (const of of counts) both[of] += line[of]
  return both
}

function liabilityOf({ currency, ...sums }: Sums): Liability {
  const text = (of: (typeof amounts)[number]) => formatMinor(sums[of], currency)
  return {
    currency,
    pending: text('pending'),
    payable: text('payable'),
    inTransit: text('inTransit'),
    net: text('net'),
    owed: text('owed'),
    parties: sums.parties,
    belowZero: text('belowZero'),
    partiesBelowZero: sums.partiesBelowZero,
  }
}

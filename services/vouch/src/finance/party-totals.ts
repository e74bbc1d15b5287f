import { type PartyTotals, partyOf, toMinor } from '@vouch/domain'
import type { AskedTables } from '../folds.ts'

export interface TotalsAsked {
  readonly programId: string
  /** The first and the last day, 'YYYY-MM-DD'. */
  readonly from: string
  readonly until: string
  /** As the books were known there. */
  readonly position: bigint
  /** These alone, by `partyId`; default: all. */
  readonly parties?: readonly string[] | undefined
}

const sums = {
  opening: 'effective_on < {from:Date}',
  earned: "own AND movement = 'earned'",
  reversed: "own AND movement = 'reversed'",
  paid: "own AND movement IN ('settled', 'returned')",
  writtenOff: "own AND movement = 'written-off'",
  converted: "own AND movement = 'converted'",
  adjusted: 'effective_on >= {from:Date} AND belongs_on < {from:Date}',
  closing: 'true',
  pending: "startsWith(account, 'liability:pending:')",
  payable: "startsWith(account, 'liability:payable:')",
  inTransit: "startsWith(account, 'liability:in-transit:')",
} as const

type Sum = keyof typeof sums

/** What some days did to what a program owes, for everybody to whom it did or does owe something, in order of party and currency. */
export async function partyTotals(
  warehouse: AskedTables,
  { programId, from, until, position, parties }: TotalsAsked,
): Promise<PartyTotals[]> {
  const columns = Object.entries(sums).map(([name, rows]) => `toString(-sumIf(amount, ${rows})) AS ${name}`)
  const rows = await warehouse.rows<Record<Sum | 'party' | 'money', string>>(
    `WITH effective_on >= {from:Date} AND belongs_on >= {from:Date} AS own
     SELECT party_id AS party, toString(currency) AS money, ${columns.join(', ')}
     FROM vouch.ledger
     WHERE program_id = {programId:String} AND startsWith(account, 'liability:') AND effective_on <= {until:Date}
       AND position <= {position:UInt64} ${parties === undefined ? '' : 'AND party_id IN {parties:Array(String)}'}
     GROUP BY party_id, currency ORDER BY party_id, currency`,
    { programId, from, until, position: position.toString(), parties: parties ?? [] },
  )
  return rows.map(totalsOf).filter(isAnything)
}

function totalsOf(row: Record<Sum | 'party' | 'money', string>): PartyTotals {
  const { role, id } = partyOf(row.party)
  const minor = (sum: Sum) => toMinor({ value: row[sum], currency: row.money })
  return {
    role,
    beneficiaryId: id,
    currency: row.money,
    opening: minor('opening'),
    earned: minor('earned'),
    reversed: minor('reversed'),
    paid: minor('paid'),
    writtenOff: minor('writtenOff'),
    converted: minor('converted'),
    adjusted: minor('adjusted'),
    closing: minor('closing'),
    pending: minor('pending'),
    payable: minor('payable'),
    inTransit: minor('inTransit'),
  }
}

/** Who was paid long ago, and of whom the period says nothing, is left out. */
function isAnything({ role: _role, beneficiaryId: _id, currency: _currency, ...amounts }: PartyTotals): boolean {
  return Object.values(amounts).some((amount) => amount !== 0n)
}

import {
  type Balance,
  type BeneficiaryKind,
  type HoldReason,
  holdKey,
  partyOf,
  toMinor,
  type Withheld,
} from '@vouch/domain'
import type { AskedTables } from '../folds.ts'

interface PayableRow {
  readonly party: string
  readonly currency: string
  readonly payable: string
}

/**
 * What is payable of each balance of a program as of a day: the least that the account comes to from that day on, so that
 * nothing is paid of what is known to be taken back later. What batches have taken or given back counts whatever its day, and so
 * does what conversions have taken; what they gave is there on the day whose balances they converted, and not before.
 * @param position as the books were known there
 */
export async function payableBalances(
  warehouse: AskedTables,
  { programId, asOf, position }: { readonly programId: string; readonly asOf: string; readonly position: bigint },
): Promise<Balance[]> {
  const rows = await warehouse.rows<PayableRow>(
    `SELECT party_id AS party, currency, toString(arrayMin(arrayCumSum(arrayConcat([sumIf(moved, day = {asOf:Date})],
       arrayMap(later -> later.2, arraySort(groupArrayIf((day, moved), day > {asOf:Date}))))))) AS payable
     FROM (
       SELECT party_id, currency, -sum(amount) AS moved,
         multiIf(batch_id != '' OR (as_of IS NOT NULL AND amount > 0), {asOf:Date}, greatest(ifNull(as_of, effective_on), {asOf:Date})) AS day
       FROM (
         SELECT position, party_id, currency, batch_id, amount, effective_on FROM vouch.ledger
         WHERE program_id = {programId:String} AND startsWith(account, 'liability:payable:') AND position <= {position:UInt64}
       ) AS l
       LEFT JOIN (
         SELECT DISTINCT position, toNullable(as_of) AS as_of FROM vouch.balance_conversions WHERE program_id = {programId:String}
       ) AS c USING position
       GROUP BY party_id, currency, day
     )
     GROUP BY party_id, currency
     ORDER BY party_id, currency`,
    { programId, asOf, position: position.toString() },
  )
  return rows.map(({ party, currency, payable }) => {
    const { role, id } = partyOf(party)
    return { role, beneficiaryId: id, currency, amountMinor: toMinor({ value: payable, currency }) }
  })
}

/** Who of a program gets nothing now: who is suspended, and who is held by word of an operator. */
export async function withheld(warehouse: AskedTables, programId: string): Promise<Withheld> {
  const [suspended, holds] = await Promise.all([
    suspendedAdvocates(warehouse, programId),
    currentHolds(warehouse, programId),
  ])
  return { suspended, holds }
}

async function currentHolds(warehouse: AskedTables, programId: string): Promise<ReadonlyMap<string, HoldReason>> {
  const rows = await warehouse.rows<{ kind: BeneficiaryKind; id: string; because: HoldReason }>(
    `SELECT toString(beneficiary_kind) AS kind, beneficiary_id AS id,
       toString(argMax(hold, (occurred_at, toString(source), event_id))) AS because
     FROM vouch.payee_holds WHERE program_id = {programId:String} GROUP BY kind, id HAVING because != ''`,
    { programId },
  )
  return new Map(rows.map(({ kind, id, because }) => [holdKey(kind, id), because]))
}

async function suspendedAdvocates(warehouse: AskedTables, programId: string): Promise<ReadonlySet<string>> {
  const rows = await warehouse.rows<{ id: string }>(
    `SELECT toString(advocate_id) AS id FROM vouch.advocates WHERE program_id = {programId:String} AND status = 'suspended'`,
    { programId },
  )
  return new Set(rows.map(({ id }) => id))
}

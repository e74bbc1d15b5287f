import { accountPart, type BeneficiaryKind, kindOfRole, moneyRoles } from '@vouch/domain'
import { type Either, left, right } from 'fp-ts/lib/Either.js'
import type { AskedTables } from '../folds.ts'

interface Named {
  readonly kind: BeneficiaryKind
  readonly beneficiaryId: string
  /** As whoever asks says it. */
  readonly programId?: string | undefined
}

/** Why somebody has no statement, or which of several is meant. */
export interface NoStatement {
  readonly tag: 'unknown-beneficiary' | 'several-programs'
  readonly says: string
}

/** The program that somebody's statement is of: the one that is named, else the one that knows them. */
export async function programOfStatement(warehouse: AskedTables, named: Named): Promise<Either<NoStatement, string>> {
  const { kind, beneficiaryId, programId } = named
  const programs = await programsOf(warehouse, named)
  const who = `${kind} ${beneficiaryId}`
  const unknown = (says: string) => left({ tag: 'unknown-beneficiary' as const, says })
  if (programId !== undefined) {
    if (programs.includes(programId)) return right(programId)
    const others = programs.length === 0 ? 'and so has no other' : `but ${programs.join(', ')} ${has(programs)}`
    return unknown(`Program ${programId} has no ${who}, ${others}.`)
  }
  const [only] = programs
  if (only === undefined) return unknown(`No program has ${article(kind)} ${who}; ids are as events have them.`)
  if (programs.length === 1) return right(only)
  return left({
    tag: 'several-programs',
    says: `${programs.join(', ')} have ${article(kind)} ${who}: say which with --program.`,
  })
}

const has = (programs: readonly string[]) => (programs.length === 1 ? 'has' : 'have')
const article = (kind: BeneficiaryKind) => (kind === 'advocate' ? 'an' : 'a')

/** Programs that owe somebody something or did so, or know them otherwise, in order. */
async function programsOf(warehouse: AskedTables, { kind, beneficiaryId }: Named): Promise<string[]> {
  const parties = moneyRoles
    .filter((role) => kindOfRole(role) === kind)
    .map((role) => `:${role}:${accountPart(beneficiaryId)}`)
  const known =
    kind === 'advocate'
      ? 'SELECT program_id FROM vouch.advocates WHERE advocate_id = {id:String}'
      : 'SELECT program_id FROM vouch.signups WHERE customer_id = {id:String} UNION ALL SELECT program_id FROM vouch.conversions WHERE customer_id = {id:String}'
  const rows = await warehouse.rows<{ program: string }>(
    `SELECT DISTINCT toString(program_id) AS program FROM (
       SELECT program_id FROM vouch.ledger WHERE arrayExists(it -> endsWith(party_id, it), {parties:Array(String)})
       UNION ALL ${known}
     ) ORDER BY program`,
    { parties, id: beneficiaryId },
  )
  return rows.map(({ program }) => program)
}

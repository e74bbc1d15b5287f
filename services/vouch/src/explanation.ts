import type { Explanation } from '@vouch/projection-attribution'
import type { Engine } from './engine.ts'

/** A row that a conversion led to, with the table that holds it. */
export type ExplainedRow = Readonly<Record<string, unknown>> & { readonly table: string }

export type FullExplanation = Explanation & { readonly rows: readonly ExplainedRow[] }

const tables = ['conversions', 'attributions', 'exclusions', 'rewards'] as const

/** Beyond any position. */
const endless = 2n ** 64n - 1n

/**
 * Why a conversion's rows are what they are, and the rows; undefined for a conversion that the log does not have.
 * @throws Failure where the fold's knowledge cannot be had
 */
export async function explain(
  engine: Engine,
  programId: string,
  conversionId: string,
  signal?: AbortSignal,
): Promise<FullExplanation | undefined> {
  const { explanation, position } = await engine.knowledge.explain(programId, conversionId, signal)
  if (!explanation) return undefined
  const rows: ExplainedRow[] = []
  for (const table of tables) {
    const found = await engine.warehouse.rows<Record<string, unknown>>(
      `SELECT * EXCEPT (program_id, conversion_id) FROM vouch.${table}
       WHERE program_id = {program:String} AND conversion_id = {conversion:String} AND position <= {to:UInt64}
       ORDER BY position, line`,
      { program: programId, conversion: conversionId, to: position ?? endless },
    )
    for (const row of found) rows.push({ table, ...row })
  }
  return { ...explanation, rows }
}

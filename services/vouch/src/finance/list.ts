import { type BatchStatus, formatMinor, toMinor } from '@vouch/domain'
import type { AskedTables } from '../folds.ts'

/** A batch in one line. */
export interface ListedBatch {
  readonly batchId: string
  readonly programId: string
  readonly status: BatchStatus
  readonly openedAt: string
  readonly lines: number
  readonly totals: Readonly<Record<string, string>>
}

/** All batches, oldest first; those of one program if one is named. */
export async function listBatches(warehouse: AskedTables, programId: string | undefined): Promise<ListedBatch[]> {
  const rows = await warehouse.rows<{
    batch: string
    program: string
    currency: string
    status: string
    opened: string
    lines: number
    total: string
  }>(
    `SELECT toString(batch_id) AS batch, toString(program_id) AS program, toString(currency) AS currency,
       toString(argMaxIf(entry, position, entry IN ('opened', 'approved', 'cancelled', 'submitted'))) AS status,
       formatDateTime(min(occurred_at), '%Y-%m-%dT%H:%i:%SZ', 'UTC') AS opened, toUInt32(countIf(entry = 'opened')) AS lines,
       toString(sumIf(amount, entry = 'opened')) AS total, min(position) AS first
     FROM vouch.payouts WHERE {programId:String} IN ('', program_id)
     GROUP BY batch_id, program_id, currency ORDER BY first, currency`,
    { programId: programId ?? '' },
  )
  return [...Map.groupBy(rows, ({ batch }) => batch).values()].map((own) => {
    const [{ batch = '', program = '', status = '', opened = '' } = {}] = own
    return {
      batchId: batch,
      programId: program,
      status: (status === 'opened' ? 'open' : status) as BatchStatus,
      openedAt: opened,
      lines: own.reduce((sum, { lines }) => sum + lines, 0),
      totals: Object.fromEntries(
        own.map(({ currency, total }) => [currency, formatMinor(toMinor({ value: total, currency }), currency)]),
      ),
    }
  })
}

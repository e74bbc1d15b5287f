import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openSqliteStore } from '@vouch/event-store'
import { createAdmission } from '@vouch/ingestion'
import { projections } from '@vouch/projections'
import { Projector } from '@vouch/projector'
import { openChdbWarehouse } from '@vouch/warehouse'
import { isRight } from 'fp-ts/lib/Either.js'
import { expect, it } from 'vitest'
import { noon, runOnce } from '../testing/bench.ts'
import { published, story } from '../testing/samples.ts'

it('a folder of a version without books has them after the next start', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'vouch-older-'))
  try {
    await makeAsBefore(dir)
    const { code, out, err } = await runOnce(dir, [
      'sql',
      "SELECT account, sum(amount) FROM ledger WHERE account LIKE 'liability:%' GROUP BY account ORDER BY account",
    ])
    expect({ code, err }).toStrictEqual({ code: 0, err: '' })
    expect(out).toBe(
      'account\tsum(amount)\nliability:payable:summer:advocate:anna\t-6.5\nliability:pending:summer:advocate:anna\t0\n',
    )
    expect((await runOnce(dir, ['verify'])).code).toBe(0)
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
})

/** A log with tables that all but the newest projection made. */
async function makeAsBefore(dir: string): Promise<void> {
  const older = projections.filter(({ name }) => name !== 'ledger')
  const clock = () => noon
  const opened = openSqliteStore({ path: join(dir, 'log.db') })
  if (!isRight(opened)) throw new Error(opened.left.message)
  const store = opened.right
  const items = [published(), ...story].map((value) => ({ tag: 'value' as const, value }))
  const answer = await createAdmission({ store, clock }).admit(items, { scopes: new Set(['ingest', 'admin']) })()
  expect(isRight(answer)).toBe(true)
  const tables = older.map((projection) => projection.tables)
  const warehouse = await openChdbWarehouse({ path: join(dir, 'warehouse'), tables, clock })
  await warehouse.migrate()
  const folder = join(dir, 'state')
  mkdirSync(folder)
  const projector = await Projector.open({ store, warehouse, projections: older, folder, clock })
  await projector.catchUp()
  await projector.close()
  await warehouse.close()
  await store.close()
}

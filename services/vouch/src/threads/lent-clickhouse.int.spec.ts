import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MessageChannel } from 'node:worker_threads'
import { openChdbWarehouse, warehouseOver } from '@vouch/warehouse'
import { describeWarehouse } from '@vouch/warehouse/conformance'
import { clickhouseOver, lendClickHouse } from './lent-clickhouse.ts'

const clock = () => Date.UTC(2026, 2, 1)

/** What writes is on the other end of a line; what is asked, and the folder, is where ClickHouse is. */
describeWarehouse('ClickHouse that is lent', async (tables, limits) => {
  const path = mkdtempSync(join(tmpdir(), 'vouch-lent-'))
  const owner = await openChdbWarehouse({ path, tables, clock, limits })
  const { port1, port2 } = new MessageChannel()
  lendClickHouse(port1, owner.lent)
  const over = warehouseOver(clickhouseOver(port2), { tables, clock })
  return {
    warehouse: { ...over, ask: owner.ask, close: owner.close },
    dispose: async () => {
      await owner.close()
      port1.close()
      rmSync(path, { recursive: true })
    },
  }
})

import { expect, it } from 'vitest'
import { fixtureTables, mark, payment, shown } from '../../conformance/harness.ts'
import { openServerWarehouse } from '../../server/open.ts'
import { spawnClickHouseDouble } from './spawn.ts'

it('the double in a process of its own holds one warehouse for several', async () => {
  const double = await spawnClickHouseDouble()
  const open = () => openServerWarehouse({ url: double.url, tables: fixtureTables, clock: () => 0 })
  const [one, other] = await Promise.all([open(), open()])
  try {
    await one.migrate()
    await one.insert('payments', 1, [payment(1, 0, '1.5')])
    await other.insert('payments', 1, [payment(2, 0, '2')])
    await one.publish('live', mark(1, 2))
    expect(await shown(other)).toEqual(['1.0 1.5', '2.0 2'])
  } finally {
    await Promise.all([one.close(), other.close()])
    await double.stop()
  }
})

import { createClient } from '@clickhouse/client'
import { fixtureTables } from '../../conformance/harness.ts'
import type { Warehouse } from '../../port.ts'
import { startClickHouseDouble } from '../../testing/double/double.ts'
import type { Faults } from '../../testing/double/faults.ts'
import { openServerWarehouse, type ServerWarehouseOptions } from '../open.ts'

const given = process.env.VOUCH_TEST_WAREHOUSE

/** The server that specs run against: the one that VOUCH_TEST_WAREHOUSE names, whose tables of vouch they remove; or a double. */
export interface TestServer {
  readonly url: string
  /** Removes all that vouch has made. */
  clear(): Promise<void>
  /** What goes wrong from now on, of which a real server knows nothing. */
  fail(faults: Faults | undefined): void
  open(more?: Partial<ServerWarehouseOptions>): Promise<Warehouse>
  stop(): Promise<void>
}

export const isDouble: boolean = given === undefined
/** Of the server that was named. */
export const clusterGiven: string | undefined = process.env.VOUCH_TEST_WAREHOUSE_CLUSTER
export const what: string = given === undefined ? 'a double of it' : `a real one, ${new URL(given).host}`

/** What passes is tried again soon. */
export const soon = { forMs: 20_000, firstMs: 5, mostMs: 50 } as const

export async function startTestServer(): Promise<TestServer> {
  const open = (url: string, more: Partial<ServerWarehouseOptions> = {}) =>
    openServerWarehouse({ url, tables: fixtureTables, clock: () => Date.UTC(2026, 2, 1), patience: soon, ...more })
  if (given === undefined) {
    const double = await startClickHouseDouble({ cluster: 'vouch' })
    return {
      url: double.url,
      clear: () => double.clear(),
      fail: (faults) => {
        double.faults = faults
      },
      open: (more) => open(double.url, more),
      stop: () => double.stop(),
    }
  }
  const { origin, username, password } = new URL(given)
  const client = createClient({ url: origin, username, password: decodeURIComponent(password) })
  return {
    url: given,
    async clear() {
      for (const database of ['vouch', 'vouch_asof', 'vouch_store'])
        await client.command({ query: `DROP DATABASE IF EXISTS ${database} SYNC` })
    },
    fail: () => undefined,
    open: (more) => open(given, more),
    stop: () => client.close(),
  }
}

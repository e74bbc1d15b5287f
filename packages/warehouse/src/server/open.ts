import type { Warehouse } from '../port.ts'
import { defaultLimits, type Limits } from '../strangers/limits.ts'
import { plainLayout } from '../tables/layout.ts'
import { readSchema } from '../tables/read-schema.ts'
import { createWarehouse } from '../warehouse.ts'
import { checkLayout, clusterSettings, readCluster } from './cluster.ts'
import { clusterLayout } from './layout.ts'
import { defaultPatience, type Patience } from './patience.ts'
import { checkVersion } from './version.ts'

export interface ServerWarehouseOptions {
  /** `http(s)://user:password@host:port/vouch`; user and password percent-encoded. */
  readonly url: string
  /** As `remote_servers` of the server calls it; without one, all is on the one server. */
  readonly cluster?: string | undefined
  /** The projections' tables files; for their format see `readTablesFile`. */
  readonly tables: readonly URL[]
  /** ms since the epoch, UTC. */
  readonly clock: () => number
  /** What one stranger's question may use; see `serverLimits`. */
  readonly limits?: Partial<Limits> | undefined
  /** Log positions that are rolled up together; default 2^17. What is on a server goes by it. */
  readonly bucketPositions?: bigint | undefined
  /** How long what passes is waited for; default half a minute. */
  readonly patience?: Partial<Patience> | undefined
  /** How long a request may be without a sign, ms; default five minutes, which the longest statement has to do with. */
  readonly silentMs?: number | undefined
}

/** A server has threads of its own, and no four to share. */
const serverLimits: Limits = { ...defaultLimits, atOnce: 8, threads: 4 }

/**
 * The warehouse on a ClickHouse server.
 * @throws WarehouseError `bad-tables`, `unreachable`, `denied`, `unfit`
 */
export async function openServerWarehouse(options: ServerWarehouseOptions): Promise<Warehouse> {
  const { tables, clock, limits, patience, bucketPositions, silentMs = 300_000 } = options
  const url = new URL(options.url)
  const [user, password] = [decodeURIComponent(url.username), decodeURIComponent(url.password)]
  const address = { url: url.origin, user: user || 'default', password }
  const schema = readSchema(tables)
  const parts = {
    address,
    limits: { ...serverLimits, ...limits },
    patience: { ...defaultPatience, ...patience },
    silentMs,
  }
  const { createServer } = await import('./server.ts')
  const first = createServer({ ...parts, patience: { ...parts.patience, forMs: parts.patience.forMs / 3 } })
  try {
    await checkVersion(first, address.url)
    const cluster = options.cluster === undefined ? undefined : await readCluster(first, options.cluster, address.url)
    const names = schema.tables.map(({ name }) => name)
    await checkLayout(first, names, cluster?.name, address.url)
    const server = createServer({ ...parts, cluster: cluster && clusterSettings(cluster) })
    const layout = cluster === undefined ? plainLayout : clusterLayout(cluster)
    return createWarehouse(server, schema, clock, bucketPositions, layout)
  } finally {
    await first.close()
  }
}

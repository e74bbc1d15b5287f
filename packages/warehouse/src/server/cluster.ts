import type { ClickHouse } from '../clickhouse.ts'
import { WarehouseError } from '../port.ts'
import { type Cluster, isLocal } from './layout.ts'

type Settings = Readonly<Record<string, string | number>>

/** What is set for the requests to a cluster, besides what is set for any. */
export interface ClusterSettings {
  readonly onCluster: string
  /** For all that is ours. */
  readonly own: Settings
  /** Instead, for what every node has. */
  readonly everywhere: Settings
  readonly strangers: Settings
}

/** Tables are sent to where the others are, rather than that each shard asks all; and no shard is left away. */
const reading = { distributed_product_mode: 'global', prefer_localhost_replica: 1, skip_unavailable_shards: 0 } as const

/**
 * A row is acknowledged when every replica of its shard has it, and the pointer when every node has it: whichever node is
 * asked, what it shows up to is there. So nothing is shown anew while a node is down.
 */
export function clusterSettings({ name, nodes, replicas }: Cluster): ClusterSettings {
  const own = {
    ...reading,
    distributed_foreground_insert: 1,
    insert_distributed_one_random_shard: 0,
    // It would give each shard's rows to the same shard, wherever their position belongs.
    parallel_distributed_insert_select: 0,
    insert_quorum: replicas > 1 ? replicas : 0,
    insert_quorum_parallel: 1,
    insert_quorum_timeout: 60_000,
    distributed_ddl_task_timeout: 120,
    distributed_ddl_output_mode: 'throw',
    alter_sync: 2,
  }
  return {
    onCluster: ` ON CLUSTER '${name}'`,
    own,
    everywhere: { ...own, insert_quorum: nodes > 1 ? nodes : 0 },
    strangers: reading,
  }
}

/** @throws WarehouseError `unfit` if the server knows no such cluster, or one that rows cannot be acknowledged by */
export async function readCluster(clickhouse: ClickHouse, name: string, shown: string): Promise<Cluster> {
  const shards = await clickhouse.rows<{ cluster: string; replicas: string }>(
    `SELECT cluster, count() AS replicas FROM system.clusters GROUP BY cluster, shard_num ORDER BY cluster, shard_num`,
  )
  const replicas = shards.filter(({ cluster }) => cluster === name).map((shard) => Number(shard.replicas))
  const [first] = replicas
  if (first === undefined) {
    const known = [...new Set(shards.map(({ cluster }) => cluster))].join(', ') || 'none'
    throw unfit(
      `ClickHouse at ${shown} knows no cluster "${name}"; it knows ${known}. Set VOUCH_WAREHOUSE_CLUSTER to one of these`,
    )
  }
  if (replicas.some((count) => count !== first)) {
    throw unfit(
      `The shards of cluster "${name}" have ${replicas.join(', ')} replicas; give each as many, for a row has to be on all of its shard`,
    )
  }
  return { name, nodes: replicas.reduce((sum, count) => sum + count, 0), replicas: first }
}

/**
 * @param names of the storage tables
 * @throws WarehouseError `unfit` if the tables that are there lie otherwise
 */
export async function checkLayout(
  clickhouse: ClickHouse,
  names: readonly string[],
  cluster: string | undefined,
  shown: string,
): Promise<void> {
  const rows = await clickhouse.rows<{ name: string }>(
    `SELECT name FROM system.tables
     WHERE database = 'vouch_store' AND (has({names:Array(String)}, name) OR has({names:Array(String)}, replaceRegexpOne(name, '_local$', '')))`,
    { names },
  )
  const isOnCluster = rows.some(({ name }) => isLocal(name))
  if (rows.length === 0 || isOnCluster === (cluster !== undefined)) return
  const [is, told] =
    cluster === undefined ? ['a cluster', 'none is set'] : ['one server', `cluster "${cluster}" is set`]
  throw unfit(
    `The tables at ${shown} were made for ${is}, and ${told}: set VOUCH_WAREHOUSE_CLUSTER as it was, or drop the databases vouch, vouch_asof and vouch_store and let vouch rebuild make them anew from the log`,
  )
}

const unfit = (problem: string): WarehouseError => new WarehouseError('unfit', `${problem}.`)

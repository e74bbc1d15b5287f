import { quote } from '../clickhouse.ts'
import { WarehouseError } from '../port.ts'
import { existingIn, generationsIn, type Layout, plainLayout } from '../tables/layout.ts'
import { withStorageSettings } from '../tables/own.ts'
import { checksumOf, type StorageTable } from '../tables/tables-file.ts'

/** A cluster as `remote_servers` of its nodes describes it. */
export interface Cluster {
  readonly name: string
  readonly nodes: number
  /** Of each shard. */
  readonly replicas: number
}

/**
 * On a cluster. A storage table is a replicated one on each shard, NAME_local, and a Distributed one over these under its own
 * name. All rows of a position lie on one shard, so that FINAL, which each shard does for itself, finds all their repetitions.
 * The pointer, the marks and the like are replicated on every node, whatever its shard: each has them all.
 */
export function clusterLayout({ name, nodes }: Cluster): Layout {
  const cluster = quote(name)
  const onCluster = `ON CLUSTER ${cluster}`
  return {
    own: plainLayout.own.map((statement) =>
      statement
        .replace(
          /^(CREATE DATABASE IF NOT EXISTS \w+|(?:CREATE TABLE IF NOT EXISTS|ALTER TABLE) [\w.]+)/,
          `$1 ${onCluster}`,
        )
        .replace(
          /^(CREATE TABLE \D*vouch_store\.(\w+).*)ENGINE = ReplacingMergeTree(?:\((\w+)\))?/s,
          (_all, before: string, table: string, version: string | undefined) =>
            `${before}ENGINE = ReplicatedReplacingMergeTree('/clickhouse/vouch/${table}', '{shard}-{replica}'${version === undefined ? '' : `, ${version}`})`,
        ),
    ),
    checksum: (definition) => checksumOf(`cluster ${name} ${definition}`),
    partsOf: (table) => [`vouch_store.${table.name}`, `vouch_store.${localOf(table.name)}`],
    drop: ({ name }) => [
      `DROP TABLE IF EXISTS vouch_store.${name} ${onCluster} SYNC`,
      `DROP TABLE IF EXISTS vouch_store.${localOf(name)} ${onCluster} SYNC`,
    ],
    make: (table) => [
      withStorageSettings(localTable(table, onCluster)),
      `CREATE TABLE IF NOT EXISTS vouch_store.${table.name} ${onCluster} AS vouch_store.${localOf(table.name)}
ENGINE = Distributed(${cluster}, vouch_store, ${localOf(table.name)}, cityHash64(generation, position))`,
    ],
    view: ({ statement }) => statement.replace(/^CREATE VIEW ([\w.]+)/, `CREATE OR REPLACE VIEW $1 ${onCluster}`),
    dropPartition: (table, generation) =>
      `ALTER TABLE vouch_store.${localOf(table)} ${onCluster} DROP PARTITION ${generation}`,
    existing: existingIn(`clusterAllReplicas(${cluster}, system.tables)`, nodes),
    generations: generationsIn(`clusterAllReplicas(${cluster}, system.parts)`),
    rowsOf: localOf,
  }
}

const localOf = (table: string): string => `${table}_local`

/** Whether a table is one of those that only a cluster has. */
export const isLocal = (table: string): boolean => table.endsWith('_local')

/** Its path in Keeper has the definition in it: what an earlier one has left there is not taken for its own. */
function localTable({ name, statement, checksum }: StorageTable, onCluster: string): string {
  const path = `/clickhouse/vouch/{shard}/${localOf(name)}/${checksum.slice(0, 16)}`
  const local = statement
    .replace(`CREATE TABLE vouch_store.${name}`, `CREATE TABLE IF NOT EXISTS vouch_store.${localOf(name)} ${onCluster}`)
    .replace(
      /\)\s*ENGINE\s*=\s*ReplacingMergeTree\b/,
      `) ENGINE = ReplicatedReplacingMergeTree('${path}', '{replica}')`,
    )
  if (local.includes('Replicated')) return local
  throw new WarehouseError(
    'bad-tables',
    `The engine of ${name} is not where it is looked for; write ENGINE = ReplacingMergeTree.`,
  )
}

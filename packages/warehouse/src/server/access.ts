import { quote } from '../clickhouse.ts'

export interface AccessOptions {
  /** As `remote_servers` calls it; users are then made on all of its nodes. */
  readonly cluster?: string | undefined
  /** Of the user under whom vouch works, as in VOUCH_WAREHOUSE. */
  readonly ownPassword: string
  /** Of the first analyst. */
  readonly analystPassword: string
}

/**
 * The users of a ClickHouse server, as statements for its administrator: vouch's own, and for analysts a role that may read,
 * with limits for each query and a quota for each user. They may be run again: users and the role are kept, limits and quota
 * are set anew.
 */
export function accessStatements({ cluster, ownPassword, analystPassword }: AccessOptions): readonly string[] {
  const on = cluster === undefined ? '' : ` ON CLUSTER ${quote(cluster)}`
  const grant = (rights: string, what: string, whom: string) => `GRANT${on} ${rights} ON ${what} TO ${whom}`
  const everyNode = cluster === undefined ? [] : [grant('CLUSTER', '*.*', 'vouch'), grant('REMOTE', '*.*', 'vouch')]
  return [
    `CREATE USER IF NOT EXISTS vouch${on} IDENTIFIED WITH sha256_password BY ${quote(ownPassword)}`,
    ...databases.map((name) => grant(ownRights, `${name}.*`, 'vouch')),
    grant('SELECT', 'system.*', 'vouch'),
    // Rows come by the table function input(…), and questions may have numbers(…) and the like.
    grant('CREATE TEMPORARY TABLE', '*.*', 'vouch'),
    ...everyNode,

    `CREATE ROLE IF NOT EXISTS vouch_reader${on}`,
    ...databases.map((name) => grant('SELECT', `${name}.*`, 'vouch_reader')),
    grant('CREATE TEMPORARY TABLE', '*.*', 'vouch_reader'),
    `CREATE SETTINGS PROFILE OR REPLACE vouch_reader${on} SETTINGS ${readerSettings} TO vouch_reader`,
    `CREATE QUOTA OR REPLACE vouch_reader${on} KEYED BY user_name ${readerQuota} TO vouch_reader`,

    `CREATE USER IF NOT EXISTS analyst${on} IDENTIFIED WITH sha256_password BY ${quote(analystPassword)} DEFAULT DATABASE vouch`,
    `GRANT${on} vouch_reader TO analyst`,
    `ALTER USER analyst${on} DEFAULT ROLE vouch_reader`,
  ]
}

/** A view reads with the rights of who asks it, so that what is under it has to be open as well. */
const databases = ['vouch', 'vouch_asof', 'vouch_store'] as const

const ownRights =
  'SELECT, INSERT, ALTER TABLE, CREATE DATABASE, CREATE TABLE, CREATE VIEW, DROP DATABASE, DROP TABLE, DROP VIEW'

/**
 * `readonly = 2` lets drivers set what they set for each query; the limits can only be lowered. Scalar subqueries, which say
 * what is published, are to be evaluated once a query, and JSON is to be as it is in vouch.
 */
const readerSettings = [
  'readonly = 2 CONST',
  'max_execution_time = 30 MAX 60',
  'max_memory_usage = 4000000000 MAX 8000000000',
  'max_result_rows = 10000000 MAX 10000000',
  'max_temporary_data_on_disk_size_for_query = 4000000000 MAX 4000000000',
  'max_threads = 4 MAX 4',
  "distributed_product_mode = 'global' CONST",
  'type_json_skip_duplicated_paths = 1',
  "session_timezone = 'UTC'",
].join(', ')

/** Seconds of execution are of all queries together; rows read are those before any filter. */
const readerQuota = [
  'FOR INTERVAL 1 minute MAX queries = 120',
  'FOR INTERVAL 1 hour MAX execution_time = 1800, read_rows = 100000000000',
].join(', ')

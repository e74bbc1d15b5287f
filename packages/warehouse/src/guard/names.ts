import {
  anyCaseAggregates,
  anyCaseFunctions,
  combinators,
  exactAggregates,
  exactFunctions,
} from './allowed-functions.generated.ts'

/** Parts of the language that the parser turns into functions; system.functions does not name them. */
const syntax = ['lambda', 'exists', 'untuple', 'grouping']

const exact = new Set([...exactFunctions, ...syntax])
const anyCase = new Set(anyCaseFunctions.map((name) => name.toLowerCase()))
const aggregates = new Set(exactAggregates)
const aggregatesInAnyCase = new Set(anyCaseAggregates.map((name) => name.toLowerCase()))

/** An ordinary, aggregate or window function of the allow-list; aggregates with any suffixes, as in `sumIf`. */
export function isAllowedFunction(name: string): boolean {
  return exact.has(name) || anyCase.has(name.toLowerCase()) || isAllowedAggregate(name)
}

function isAllowedAggregate(name: string): boolean {
  if (aggregates.has(name) || aggregatesInAnyCase.has(name.toLowerCase())) return true
  return combinators.some(
    (suffix) =>
      name.length > suffix.length && name.endsWith(suffix) && isAllowedAggregate(name.slice(0, -suffix.length)),
  )
}

/** They compute; the others reach for files, networks or tables by name. */
export const allowedTableFunctions: readonly string[] = [
  'numbers',
  'numbers_mt',
  'generate_series',
  'generateSeries',
  'primes',
  'values',
  'view',
]

/** ClickHouse has `values` in capitals too, as drivers write it. */
export function isAllowedTableFunction(name: string): boolean {
  return allowedTableFunctions.includes(name) || name === 'VALUES'
}

/** Databases that may be read whole. */
export const openDatabases: readonly string[] = ['vouch', 'vouch_asof', 'information_schema', 'INFORMATION_SCHEMA']

export function isOpenDatabase(name: string): boolean {
  return openDatabases.includes(name)
}

/** What tools for business intelligence ask of ClickHouse. */
export const openSystemTables: readonly string[] = [
  'columns',
  'data_type_families',
  'databases',
  'formats',
  'functions',
  'numbers',
  'one',
  'tables',
]

/** What drivers ask of `system` besides: fixed lists of the engine, and settings, which are those of the question alone. */
const driverSystemTables: readonly string[] = [
  'collations',
  'data_skipping_indices',
  'keywords',
  'settings',
  'table_engines',
  'table_functions',
  'time_zones',
]

/** Whether a name with its database may be read; one without a database is looked up in an open one. */
export function isOpenTable(database: string | undefined, table: string, asDriver: boolean): boolean {
  if (database === undefined || openDatabases.includes(database)) return true
  if (database !== 'system') return false
  return openSystemTables.includes(table) || (asDriver && driverSystemTables.includes(table))
}

export const whatIsOpen = `vouch, vouch_asof, information_schema, and of system ${openSystemTables.join(', ')}`

/** Formats that need a schema file or speak a protocol. */
const closedFormats = /^(template|mysqlwire|postgresqlwire|avroconfluent|protobuf.*|capnproto)$/i

export function isOpenFormat(format: string): boolean {
  return !closedFormats.test(format)
}

export { type ClickHouseDouble, type DoubleOptions, startClickHouseDouble } from './double/double.ts'
export type { Asked, Fault, Faults } from './double/faults.ts'
export { type SpawnedDouble, spawnClickHouseDouble } from './double/spawn.ts'

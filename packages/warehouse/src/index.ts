export { defaultLimits, type Limits } from './chdb/limits.ts'
export { type ChdbWarehouseOptions, openChdbWarehouse } from './chdb/open.ts'
export * from './port.ts'

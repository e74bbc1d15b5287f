export { defaultLimits, type Limits } from './chdb/limits.ts'
export { type ChdbWarehouseOptions, openChdbWarehouse } from './chdb/open.ts'
export type { Rule } from './guard/refusal.ts'
export * from './port.ts'

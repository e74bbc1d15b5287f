export { type EventStoreDbDouble, type StartOptions, startEventStoreDbDouble } from './double.ts'
export type { AppendFault, CallFault, Faults } from './faults.ts'
export { DoubleLog } from './log.ts'

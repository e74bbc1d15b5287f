export { type Amount, type Attribution, type Audit, auditLog, type Reward } from './audit.ts'
export type { LoggedEvent, Model, PlainEvent, Rule, Terms } from './log.ts'

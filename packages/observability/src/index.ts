export * from './logger.ts'
export { parseMasterKey } from './master-key.ts'
export * from './metrics.ts'
export * from './settings.ts'

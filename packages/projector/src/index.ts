export * from './memory-state.ts'
export * from './projection.ts'

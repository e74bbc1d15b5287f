export { DamagedIndex } from './damaged.ts'
export { type HashIndex, type HashIndexOptions, openHashIndex } from './hash-index.ts'
export { hashIndexSchema } from './tables.ts'

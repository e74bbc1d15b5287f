export { DamagedIndex } from './damaged.ts'
export { type HashIndex, type HashIndexOptions, type HashIndexSizes, openHashIndex } from './hash-index.ts'
export { hashIndexSchema } from './tables.ts'

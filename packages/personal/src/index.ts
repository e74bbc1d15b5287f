export type { MasterKey, SubjectKey, SubjectKeys } from './keys.ts'
export { createSealer, type Kept, type SealedPersonal, type Sealer } from './sealer.ts'
export { type KeysOptions, KeysUnusable, openSubjectKeys } from './sqlite-keys.ts'

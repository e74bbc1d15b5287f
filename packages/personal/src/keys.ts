import type { Subject, SubjectKind } from '@vouch/domain'

/** The key of one subject. */
export interface SubjectKey {
  /** Names the key in what is sealed with it, and says nothing about the subject. */
  readonly id: string
  readonly bytes: Uint8Array
}

/** The keys of personal data, one a subject, in a store of their own. */
export interface SubjectKeys {
  /** The subject's key, made if there is none; 'forgotten' once they were. A new key is durable after `save`. */
  keyFor(subject: Subject): SubjectKey | 'forgotten'
  /** The key of that name; undefined if it was destroyed, or never was. */
  byId(id: string): SubjectKey | undefined
  /** Whether the subject has a key. */
  has(subject: Subject): boolean
  /** The programs in which this id has a key. */
  programsOf(kind: SubjectKind, id: string): readonly string[]
  /** Whether the keys can be used. @throws KeysUnusable if not: the master key is missing, or is another one */
  check(): void
  /** Makes new keys durable, before anything that is sealed with them is. */
  save(): void
  /** Destroys the subject's key for good, durably; no later one is made. @returns false if that was done before */
  forget(subject: Subject, at: number): boolean
  /** How many keys there are, and how many subjects were forgotten. */
  count(): { readonly keys: number; readonly forgotten: number }
  close(): void
}

/** What the keys are wrapped under. */
export interface MasterKey {
  readonly bytes: Uint8Array
  /** Where it is from, in words. */
  readonly from: string
}

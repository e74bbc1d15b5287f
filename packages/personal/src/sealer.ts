import {
  canonicalJson,
  identityOf,
  type Personal,
  personalOf,
  type Subject,
  subjectOf,
  type VouchEvent,
} from '@vouch/domain'
import { openAlike, type Sealed, sealAlike } from './cipher.ts'
import type { SubjectKeys } from './keys.ts'

/** What stands in `data.personal` of the log: sealed under the subject's key, or that the subject was forgotten before. */
export type Kept = (SealedPersonal & { readonly forgotten?: never }) | { readonly forgotten: true }

export interface SealedPersonal extends Sealed {
  readonly sealed: 'A256GCM'
  /** Id of the subject's key. */
  readonly key: string
}

/** Seals what is personal before it is appended, and opens it for those who may read it. */
export interface Sealer {
  /** The event as the log may keep it: itself if nothing in it is personal. */
  seal(event: VouchEvent): VouchEvent
  /** Makes durable the keys that sealing has made; to be called before the events are appended. */
  save(): void
  /** What an event of the log says of a person; undefined if nothing, or if it can no longer be read. */
  open(event: VouchEvent): Personal | undefined
  /** Destroys a subject's key. @returns false if that was done before */
  forget(subject: Subject, at: number): boolean
}

export function createSealer(keys: SubjectKeys): Sealer {
  return {
    seal(event) {
      const personal = personalOf(event)
      const subject = personal && subjectOf(event)
      if (personal === undefined || subject === undefined) return event
      return { ...event, data: { ...event.data, personal: kept(keys, subject, event, personal) } } as VouchEvent
    },
    save: () => keys.save(),
    open(event) {
      const personal = personalOf(event)
      if (!isSealed(personal)) return undefined
      const key = keys.byId(personal.key)
      return key && (JSON.parse(openAlike(key.bytes, contextOf(key.id, event), personal)) as Personal)
    },
    forget: (subject, at) => keys.forget(subject, at),
  }
}

function kept(keys: SubjectKeys, subject: Subject, event: VouchEvent, personal: Personal): Kept {
  const key = keys.keyFor(subject)
  if (key === 'forgotten') return { forgotten: true }
  const sealed = sealAlike(key.bytes, contextOf(key.id, event), canonicalJson(personal))
  return { sealed: 'A256GCM', key: key.id, ...sealed }
}

/** What is sealed belongs to its event, and opens in no other. */
const contextOf = (keyId: string, event: VouchEvent): string => `${keyId}\n${event.type}\n${identityOf(event)}`

const isSealed = (personal: Personal | SealedPersonal | undefined): personal is SealedPersonal =>
  personal !== undefined && 'sealed' in personal && personal.sealed === 'A256GCM'

/** What somebody offers for the log: a JSON value, or something that could not be read as one. */
export type Incoming =
  | {
      readonly tag: 'value'
      readonly value: unknown
      /** The program that it was sent to, where the way in names one; an event of another is rejected. */
      readonly programId?: string
    }
  | {
      readonly tag: 'unreadable'
      /** Path of the field that could not be made, '' for the input as a whole. */
      readonly field: string
      /** One sentence that says what is wrong and what would be right. */
      readonly reason: string
    }

/** One thing that a file or a body says, with the place where it says it. */
export interface ReadItem {
  /** From 1; a record over several lines has its first. */
  readonly line: number
  /** The input as it stands there; overlong input is cut, and its reason says how long it was. */
  readonly input: string
  /** The exact bytes, base64, where they are no UTF-8 and `input` holds replacement characters. */
  readonly base64?: string | undefined
  readonly incoming: Incoming
}

export const unreadable = (reason: string, field = ''): Incoming => ({ tag: 'unreadable', field, reason })

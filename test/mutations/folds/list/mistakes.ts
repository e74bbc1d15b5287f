/**
 * Mistakes that somebody could make, by file: what it comes to, a text of the file, and what would stand there instead; where
 * no log could tell it from the real fold, why.
 */
export type Mistakes = Readonly<
  Record<string, readonly (readonly [name: string, old: string, instead: string, equivalent?: string])[]>
>

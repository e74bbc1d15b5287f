import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The checkout that this file is part of. */
export const root = join(import.meta.dirname, '../../..')

/** A rule of the fold or the domain, changed in one place. */
export interface FoldMutant {
  /** What it gets wrong. */
  readonly name: string
  /** Relative to the checkout. */
  readonly file: string
  /** A text that is in the file exactly once. */
  readonly old: string
  readonly new: string
  /** Why nobody could tell it from the real fold by its rows; left out where it must be noticed. */
  readonly equivalent?: string
}

/** @throws if the file has not exactly one place to change: the list is stale */
export function mutated({ name, file, old, new: instead }: FoldMutant, source: string): string {
  const places = source.split(old).length - 1
  if (places !== 1) {
    throw new Error(
      `${file} has ${places} places for "${name}", not one: ${JSON.stringify(old)}; bring the list up to date`,
    )
  }
  return source.replace(old, () => instead)
}

/** One sentence for each mutant that can no longer be made, or changes nothing. */
export function staleOnes(mutants: readonly FoldMutant[]): string[] {
  return mutants.flatMap((mutant) => {
    try {
      const source = readFileSync(join(root, mutant.file), 'utf8')
      return mutated(mutant, source) === source ? [`"${mutant.name}" changes nothing`] : []
    } catch (error) {
      return [(error as Error).message]
    }
  })
}

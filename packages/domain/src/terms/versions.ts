import type { Terms } from './schema.ts'

export interface TermsVersion {
  /** From 1, in the order of the log. */
  readonly version: number
  /** The publication's own time, ms UTC. */
  readonly publishedAt: number
  readonly terms: Terms
}

/**
 * The version in force at a time: the newest of those that have taken effect by then, for a later publication replaces
 * what an earlier one promised for the same days.
 */
export function versionAt(versions: readonly TermsVersion[], time: number): TermsVersion | undefined {
  for (let index = versions.length - 1; index >= 0; index--) {
    const candidate = versions[index] as TermsVersion
    if (Date.parse(candidate.terms.effectiveFrom) <= time) return candidate
  }
  return undefined
}

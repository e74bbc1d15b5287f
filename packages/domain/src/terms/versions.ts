import type { Terms } from './schema.ts'

export interface TermsVersion {
  /** From 1, in the order of the log. */
  readonly version: number
  /** The publication's own time, ms UTC. */
  readonly publishedAt: number
  readonly terms: Terms
}

const effective = new WeakMap<TermsVersion, number>()

function effectiveFromMs(version: TermsVersion): number {
  const known = effective.get(version)
  if (known !== undefined) return known
  const ms = Date.parse(version.terms.effectiveFrom)
  effective.set(version, ms)
  return ms
}

/**
 * The version in force at a time: of those that have taken effect by then the one that did so last, the newer one if two
 * did at once. The order in which they were published does not matter otherwise.
 */
export function versionAt(versions: readonly TermsVersion[], time: number): TermsVersion | undefined {
  let latest: TermsVersion | undefined
  let latestFrom = Number.NEGATIVE_INFINITY
  for (const version of versions) {
    const from = effectiveFromMs(version)
    if (from > time || from < latestFrom) continue
    latest = version
    latestFrom = from
  }
  return latest
}

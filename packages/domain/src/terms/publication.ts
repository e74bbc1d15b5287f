import { type Either, left, right } from 'fp-ts/lib/Either.js'
import { canonicalJson } from '../canonical.ts'
import type { Rejection } from '../events/rejection.ts'
import type { Terms } from './schema.ts'
import { type TermsVersion, versionAt } from './versions.ts'

/** A request to publish terms, at the time it gives. */
export interface Publication {
  readonly time: number
  readonly data: Terms
}

export type PublicationDecision =
  | { readonly tag: 'duplicate'; readonly version: number }
  | { readonly tag: 'next'; readonly version: number }

/**
 * Decides what publishing terms comes to. Terms that equal the version in force, or the newest one, change nothing. From
 * version 2 on, terms may not take effect before they are published: nobody's promise is changed behind their back.
 */
export function decidePublication(
  versions: readonly TermsVersion[],
  publication: Publication,
): Either<Rejection, PublicationDecision> {
  const content = canonicalJson(publication.data)
  for (const known of [versions.at(-1), versionAt(versions, publication.time)]) {
    if (known && canonicalJson(known.terms) === content) return right({ tag: 'duplicate', version: known.version })
  }
  const version = (versions.at(-1)?.version ?? 0) + 1
  if (version > 1 && Date.parse(publication.data.effectiveFrom) < publication.time) {
    return left({
      field: 'data.effectiveFrom',
      reason: `version ${version} cannot take effect at ${publication.data.effectiveFrom}, before it is published at ${new Date(publication.time).toISOString()}; only version 1 may`,
    })
  }
  return right({ tag: 'next', version })
}

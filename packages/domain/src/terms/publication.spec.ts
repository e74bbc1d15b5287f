import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import type { Rejection } from '../events/rejection.ts'
import { decidePublication, type Publication, type PublicationDecision } from './publication.ts'
import { type Terms, termsSchema } from './schema.ts'
import { type TermsVersion, versionAt } from './versions.ts'

const at = (day: string) => Date.parse(`2026-${day}T00:00:00Z`)
const terms = (from: string, holdDays = 30): Terms =>
  termsSchema.parse({ programId: 'summer', currency: 'EUR', effectiveFrom: `2026-${from}T00:00:00Z`, holdDays })
const version = (number: number, data: Terms): TermsVersion => ({ version: number, publishedAt: 0, terms: data })
const publish = (day: string, data: Terms): Publication => ({ time: at(day), data })

describe('publishing terms', () => {
  const one = version(1, terms('01-01'))
  const two = version(2, terms('02-01', 10))
  const tooEarly = (number: number, from: string, day: string) =>
    left({
      field: 'data.effectiveFrom',
      reason: `version ${number} cannot take effect at 2026-${from}T00:00:00.000Z, before it is published at 2026-${day}T00:00:00.000Z; only version 1 may`,
    })

  it.each<[string, TermsVersion[], Publication, Either<Rejection, PublicationDecision>]>([
    ['makes version 1', [], publish('01-01', terms('01-01')), right({ tag: 'next', version: 1 })],
    ['makes version 1 also for the past', [], publish('06-01', terms('01-01')), right({ tag: 'next', version: 1 })],
    ['makes version 1 also for the future', [], publish('01-01', terms('06-01')), right({ tag: 'next', version: 1 })],
    ['makes the next version', [one], publish('01-10', terms('02-01', 10)), right({ tag: 'next', version: 2 })],
    [
      'makes the next version from its own moment on',
      [one],
      publish('01-10', terms('01-10', 10)),
      right({ tag: 'next', version: 2 }),
    ],
    ['is refused for a time before it', [one], publish('01-10', terms('01-09', 10)), tooEarly(2, '01-09', '01-10')],
    [
      'is refused for a time before it, whatever the number',
      [one, two],
      publish('02-10', terms('02-09', 5)),
      tooEarly(3, '02-09', '02-10'),
    ],
    [
      'is a duplicate of the version in force',
      [one],
      publish('01-10', terms('01-01')),
      right({ tag: 'duplicate', version: 1 }),
    ],
    [
      'is a duplicate of the version in force, though a newer one waits',
      [one, two],
      publish('01-10', terms('01-01')),
      right({ tag: 'duplicate', version: 1 }),
    ],
    [
      'is a duplicate of the newest version, though it has not begun',
      [one, two],
      publish('01-10', terms('02-01', 10)),
      right({ tag: 'duplicate', version: 2 }),
    ],
    [
      'is no duplicate of one that has been replaced',
      [one, two],
      publish('03-01', terms('01-01')),
      tooEarly(3, '01-01', '03-01'),
    ],
    [
      'may take up what had been replaced, from now on',
      [one, two],
      publish('03-01', terms('03-01')),
      right({ tag: 'next', version: 3 }),
    ],
  ])('%s', (_, versions, publication, decision) => {
    expect(decidePublication(versions, publication)).toStrictEqual(decision)
  })

  it('knows equal terms whatever the order of their keys', () => {
    const turned = Object.fromEntries(Object.entries(one.terms).reverse()) as Terms
    expect(decidePublication([one], { time: at('01-10'), data: turned })).toStrictEqual(
      right({ tag: 'duplicate', version: 1 }),
    )
  })

  it('takes equal terms with another note for others', () => {
    const noted = { ...one.terms, note: 'new' } as Terms
    expect(isLeft(decidePublication([one], { time: at('01-10'), data: noted }))).toBe(true)
  })
})

describe('the version in force', () => {
  const versions = [version(1, terms('01-10')), version(2, terms('02-01')), version(3, terms('01-20'))]
  it.each<[string, number, number | undefined]>([
    ['before any', at('01-10') - 1, undefined],
    ['from the millisecond of its beginning', at('01-10'), 1],
    ['until the next begins', at('01-20') - 1, 1],
    ['published later, begun earlier', at('01-20'), 3],
    ['until the one that begins last', at('02-01') - 1, 3],
    ['which holds from then on, though published before', at('02-01'), 2],
    ['for ever', at('12-01'), 2],
  ])('%s', (_, time, number) => {
    expect(versionAt(versions, time)?.version).toBe(number)
    expect(versionAt(versions.toReversed(), time)?.version).toBe(number)
  })

  it('is the newer of two that begin at once', () => {
    expect(versionAt([version(1, terms('01-10')), version(2, terms('01-10', 5))], at('01-10'))?.version).toBe(2)
  })

  it('is none where there is none', () => {
    expect(versionAt([], at('01-10'))).toBe(undefined)
  })
})

import { canonicalJson } from '@vouch/domain'
import type { EventToAppend, RecordedEvent } from '@vouch/event-store'
import fc from 'fast-check'
import { isLeft } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { click, conversion, incoming, noon, share } from '../fixtures.ts'
import { conflictOf, differingFields, outcomeJson } from './outcome.ts'
import { prepare } from './prepare.ts'

function event(value: unknown): EventToAppend {
  const prepared = prepare(incoming(value), noon, new Set(['ingest', 'admin'] as const))
  if (isLeft(prepared)) throw new Error(prepared.left.reason)
  return prepared.right
}

const recorded = (value: unknown): RecordedEvent => ({
  ...event(value),
  position: 7n,
  stream: 's',
  revision: 0n,
  recordedAt: noon + 1,
})

describe('differingFields', () => {
  const items = (...skus: string[]) => ({ items: skus.map((sku) => ({ sku, quantity: 1 })) })

  it.each([
    ['nothing', click('1'), click('1'), []],
    ['nothing but the id', click('1'), click('2'), []],
    ['a field', click('1', noon, { visitorId: 'a' }), click('1', noon, { visitorId: 'b' }), ['data.visitorId']],
    ['a field that one has', click('1'), click('1', noon, { channel: 'x' }), ['data.channel']],
    ['time and data', conversion('1'), conversion('1', noon - 1, '1'), ['time', 'data.amount.value']],
    [
      'within lists',
      click('1', noon, items('a', 'b')),
      click('1', noon, items('a', 'c', 'd')),
      ['data.items[1].sku', 'data.items[2]'],
    ],
    ['an object and a list', click('1', noon, { x: [] }), click('1', noon, { x: {} }), ['data.x']],
    ['an object and null', click('1', noon, { x: null }), click('1', noon, { x: {} }), ['data.x']],
    ['the type', click('1'), share('1', noon - 1), ['type', 'time', 'data']],
  ])('%s', (_what, one, other, fields) => {
    expect(differingFields(event(one), event(other))).toEqual(fields)
  })

  it('finds a field if and only if the content differs', () => {
    const data = fc.jsonValue({ maxDepth: 3 }).map((x) => canonicalJson({ x }))
    fc.assert(
      fc.property(data, data, (one, other) => {
        const of = (json: string) => ({ ...event(click('1')), data: json })
        expect(differingFields(of(one), of(other)).length === 0).toBe(one === other)
        expect(differingFields(of(one), of(one))).toEqual([])
      }),
    )
  })
})

describe('outcomeJson', () => {
  it('gives id and position of what is in the log', () => {
    expect(outcomeJson({ outcome: 'appended', id: 'e', position: 3n })).toEqual({
      id: 'e',
      outcome: 'appended',
      position: 3,
    })
    expect(outcomeJson({ outcome: 'duplicate', id: 'e', position: 2n })).toEqual({
      id: 'e',
      outcome: 'duplicate',
      position: 2,
    })
  })

  it('names the field and the reason of a rejection', () => {
    expect(outcomeJson({ outcome: 'rejected', id: 'e', field: 'data.code', reason: 'is missing; write text' })).toEqual(
      {
        id: 'e',
        outcome: 'rejected',
        error: { message: 'data.code is missing; write text.', field: 'data.code', reason: 'is missing; write text' },
      },
    )
    expect(outcomeJson({ outcome: 'rejected', id: undefined, field: '', reason: 'this is not JSON' })).toEqual({
      id: null,
      outcome: 'rejected',
      error: { message: 'This is not JSON.', field: '', reason: 'this is not JSON' },
    })
  })

  it('shows both events of a conflict', () => {
    const reason =
      'differs from the event with the same identity conversion:summer:o-1 that the log has at position 7: data.amount.value'
    expect(outcomeJson(conflictOf(event(conversion('o-1', noon, '50')), recorded(conversion('o-1'))))).toEqual({
      id: 'evt-o-1',
      outcome: 'conflict',
      position: 7,
      error: {
        message: `The event ${reason}.`,
        field: 'data.amount.value',
        reason,
        fields: ['data.amount.value'],
        offered: conversion('o-1', noon, '50.00'),
        existing: conversion('o-1'),
      },
    })
  })
})

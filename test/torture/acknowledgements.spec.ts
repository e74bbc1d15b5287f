import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Acknowledgements, contradictions } from './acknowledgements.ts'
import type { LogRow } from './log.ts'
import type { Offer } from './supply.ts'

const click = 'vouch.click.v1'
const terms = 'vouch.program.published.v1'

const offer = (identity: string, contentHash = `hash of ${identity}`, type = click): Offer => ({
  ...{ identity, contentHash, type },
  wire: `{"id":"${identity}"}`,
  data: '{}',
})

const row = (position: number, identity: string, more: Partial<LogRow> = {}): LogRow => ({
  ...{ position, identity, contentHash: `hash of ${identity}`, type: click, programId: 'p', source: 's' },
  ...{ id: identity, time: 0, recordedAt: position, data: '{}' },
  ...more,
})

describe('a log is held to what was acknowledged', () => {
  let dir: string
  let file: string
  let acknowledgements: Acknowledgements
  const say = (
    outcome: 'appended' | 'duplicate' | 'conflict',
    { identity, contentHash, type }: Offer,
    position?: number,
  ) => acknowledgements.acknowledged([{ outcome, identity, contentHash, type, position }])

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'vouch-acknowledged-'))
    file = join(dir, 'acknowledged.ndjson')
    acknowledgements = new Acknowledgements(file)
    for (const it of ['a', 'b', 'c']) acknowledgements.offer(offer(it))
    acknowledgements.offer(offer('a', 'other'))
  })
  afterEach(() => rmSync(dir, { recursive: true }))

  it('which stand in a file outside of the data folder', () => {
    say('appended', offer('a'), 1)
    say('conflict', offer('a', 'other'), 1)
    expect(readFileSync(file, 'utf8')).toBe(
      '{"outcome":"appended","identity":"a","contentHash":"hash of a","type":"vouch.click.v1","position":1}\n' +
        '{"outcome":"conflict","identity":"a","contentHash":"other","type":"vouch.click.v1","position":1}\n',
    )
  })

  it('and may have what was offered and never answered', () => {
    say('appended', offer('a'), 1)
    say('duplicate', offer('a'), 1)
    say('conflict', offer('a', 'other'), 1)
    say('duplicate', offer('b'))
    expect(contradictions([row(1, 'a'), row(2, 'b'), row(3, 'c')], acknowledgements)).toEqual([])
  })

  it('and may have terms under the id that published them first', () => {
    acknowledgements.offer(offer('t', 'equal', terms))
    acknowledgements.offer(offer('a', 'equal', terms))
    say('duplicate', offer('t', 'equal', terms), 1)
    say('duplicate', offer('t', 'equal', terms))
    expect(contradictions([row(1, 'a', { type: terms, contentHash: 'equal' })], acknowledgements)).toEqual([])
    expect(contradictions([row(1, 'a')], acknowledgements)).toEqual([
      't was acknowledged as duplicate at 1, where no terms were published.',
    ])
  })

  it.each<[string, LogRow[], string[]]>([
    ['lost', [row(1, 'a')], ['b was acknowledged as appended at 2, and is not in the log.']],
    [
      'at another place',
      [row(1, 'b'), row(2, 'a')],
      ['a was acknowledged as appended at 1, and is at 2.', 'b was acknowledged as appended at 2, and is at 1.'],
    ],
    ['there twice', [row(1, 'a'), row(2, 'b'), row(3, 'c'), row(4, 'c')], ['c is in the log twice, at 3 and 4.']],
    [
      'another one',
      [row(1, 'a', { contentHash: 'other' }), row(2, 'b')],
      ['a was acknowledged as appended at 1, and the log has another content.'],
    ],
    ['changed', [row(1, 'a', { data: '{"x":1}' }), row(2, 'b')], ['The data at 1, a, is not what was offered.']],
    [
      'never heard of',
      [row(1, 'a'), row(2, 'b'), row(3, 'd')],
      ['The event at 3, d, was never offered with this content.'],
    ],
    [
      'missing between others',
      [row(1, 'a'), row(3, 'c')],
      [
        'Position 2 holds nothing, the next event is at 3.',
        'b was acknowledged as appended at 2, and is not in the log.',
      ],
    ],
    [
      'recorded in the past',
      [row(1, 'a'), row(2, 'b', { recordedAt: 0 })],
      ['The event at 2 is recorded before the one before it.'],
    ],
  ])('an event that is %s is found', (_what, rows, found) => {
    say('appended', offer('a'), 1)
    say('appended', offer('b'), 2)
    expect(contradictions(rows, acknowledgements)).toEqual(found)
  })

  it('a conflict with nothing is found', () => {
    say('conflict', offer('a'), 1)
    expect(contradictions([row(1, 'a')], acknowledgements)).toEqual([
      'a was acknowledged as conflict at 1, and the log has this content.',
    ])
  })
})

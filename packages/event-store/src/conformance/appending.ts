import { right } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import type { Append } from '../port.ts'
import { type Log, type OpenStore, positionOf, present, withLog } from './harness.ts'

export const describeAppending = (open: OpenStore): void => {
  describe('appending', () => {
    const given = (test: (log: Log) => Promise<void>) => () => withLog(open, test)

    it(
      'keeps every field as it was given',
      given(async (log) => {
        const plain = log.event('plain')
        const odd = {
          identity: log.name('odd/%00 \u0000 "é" 漢 😀'),
          contentHash: '0123456789abcdef'.repeat(4),
          type: 'a type\nof two lines',
          programId: '',
          source: "quo'ted",
          id: '\u0000',
          time: -62_135_596_800_000,
          data: `{"long":"${'ü'.repeat(100_000)}"}`,
          extensions: '{"traceparent":"00-1"}',
        }
        const [first, second] = await log.append(log.to('plain', 'no-stream', plain), log.to('odds', 'any', odd))
        const placed = (outcome: typeof first, stream: string) => ({
          position: positionOf(outcome),
          stream: log.name(stream),
          revision: 0n,
          recordedAt: log.now,
        })
        const expected = [
          { ...plain, ...placed(first, 'plain') },
          { ...odd, ...placed(second, 'odds') },
        ]
        expect(await log.all()).toEqual(expected)
        expect([...(await log.stream('plain')), ...(await log.stream('odds'))]).toEqual(expected)
        expect([await log.store.find(plain.identity), await log.store.find(odd.identity)]).toEqual(expected)
        expect(expected[0]).not.toHaveProperty('extensions')
      }),
    )

    it(
      'gives growing positions, and revisions from 0 on in each stream',
      given(async (log) => {
        const outcomes = await log.append(
          log.to('a', 'no-stream', log.event('a0'), log.event('a1')),
          log.to('b', 'any', log.event('b0')),
          log.to('a', 1n, log.event('a2')),
          log.to('a', 'any', log.event('a3')),
          log.to('c', -1n, log.event('c0')),
        )
        const events = await log.all()
        const placed = events.map((event) => [event.stream, event.identity, event.revision])
        expect(placed).toEqual([
          [log.name('a'), log.name('a0'), 0n],
          [log.name('a'), log.name('a1'), 1n],
          [log.name('b'), log.name('b0'), 0n],
          [log.name('a'), log.name('a2'), 2n],
          [log.name('a'), log.name('a3'), 3n],
          [log.name('c'), log.name('c0'), 0n],
        ])
        const positions = events.map((event) => event.position)
        for (const [index, position] of positions.entries()) {
          expect(position).toBeGreaterThan(index === 0 ? log.start : present(positions[index - 1], 'a position'))
        }
        const appended = (index: number, revision: bigint) => ({
          outcome: 'appended',
          position: positions[index],
          revision,
        })
        expect(outcomes).toEqual([appended(1, 1n), appended(2, 0n), appended(3, 2n), appended(4, 3n), appended(5, 0n)])
        expect(await log.store.head()).toBe(positions[5])
      }),
    )

    it(
      'tells a repeated delivery from a contradiction, and appends neither',
      given(async (log) => {
        const [appended] = await log.append(log.fact('f', 'one'))
        const before = await log.all()
        const redelivered = { ...log.event('f', 'one'), id: 'evt-other', source: 'elsewhere.example' }
        const contradicting = log.event('f', 'two')
        expect(
          await log.append(
            log.to('f', 'no-stream', redelivered),
            log.to('f', 'no-stream', contradicting),
            log.to('another stream', 'any', redelivered),
            log.to('another stream', 'any', contradicting),
          ),
        ).toEqual([
          { outcome: 'duplicate', position: positionOf(appended) },
          { outcome: 'conflict', offered: contradicting, existing: before[0] },
          { outcome: 'duplicate', position: positionOf(appended) },
          { outcome: 'conflict', offered: contradicting, existing: before[0] },
        ])
        expect(await log.all()).toEqual(before)
        expect(await log.stream('another stream')).toEqual([])
      }),
    )

    it(
      'says where the stream is when it is not where it was expected',
      given(async (log) => {
        await log.append(log.fact('one'), log.to('two', 'any', log.event('x'), log.event('y')))
        const refused = (actual: bigint) => ({ outcome: 'wrong-revision', actual })
        const before = await log.all()
        const fresh = log.event('fresh')
        expect(
          await log.append(
            log.to('none', 0n, fresh),
            log.to('one', 'no-stream', fresh),
            log.to('one', 1n, fresh),
            log.to('two', 'no-stream', fresh),
            log.to('two', -1n, fresh),
            log.to('two', 0n, fresh),
            log.to('two', 2n, fresh),
          ),
        ).toEqual([refused(-1n), refused(0n), refused(0n), refused(1n), refused(1n), refused(1n), refused(1n)])
        expect(await log.all()).toEqual(before)
        expect(await log.store.find(fresh.identity)).toBeUndefined()
      }),
    )

    it(
      'decides each append of a call by itself, and later ones see earlier ones',
      given(async (log) => {
        const outcomes = await log.append(
          log.fact('f', 'one'),
          log.fact('f', 'one'),
          log.fact('f', 'two'),
          log.to('f', 'no-stream', log.event('g')),
          log.to('f', 0n, log.event('g')),
        )
        const events = await log.all()
        const position = (index: number) => present(events[index], 'an event').position
        expect(outcomes).toEqual([
          { outcome: 'appended', position: position(0), revision: 0n },
          { outcome: 'duplicate', position: position(0) },
          { outcome: 'conflict', offered: log.event('f', 'two'), existing: events[0] },
          { outcome: 'wrong-revision', actual: 0n },
          { outcome: 'appended', position: position(1), revision: 1n },
        ])
        expect(events.map((event) => event.identity)).toEqual([log.name('f'), log.name('g')])
      }),
    )

    it(
      'takes an append of several events whole or not at all',
      given(async (log) => {
        const [a, b, c] = [log.event('a'), log.event('b'), log.event('c')]
        const [appended] = await log.append(log.to('s', 'no-stream', a, b))
        const before = await log.all()
        const otherB = log.event('b', 'other')
        expect(
          await log.append(
            log.to('s', 'no-stream', a, b),
            log.to('s', 'no-stream', b),
            log.to('s', 'any', b, c),
            log.to('s', 1n, c, b),
            log.to('t', 'no-stream', c, a),
            log.to('s', 'any', c, otherB),
          ),
        ).toEqual([
          { outcome: 'duplicate', position: positionOf(appended) },
          { outcome: 'duplicate', position: positionOf(appended) },
          { outcome: 'wrong-revision', actual: 1n },
          { outcome: 'wrong-revision', actual: 1n },
          { outcome: 'wrong-revision', actual: -1n },
          { outcome: 'conflict', offered: otherB, existing: before[1] },
        ])
        expect(await log.all()).toEqual(before)
      }),
    )

    it(
      'recognises an append whose answer was lost, even if its stream has moved on',
      given(async (log) => {
        const append = log.to('payouts', 'no-stream', log.event('opened'), log.event('approved'))
        const [appended] = await log.append(append)
        await log.append(log.to('payouts', 1n, log.event('submitted')))
        expect(await log.append(append)).toEqual([{ outcome: 'duplicate', position: positionOf(appended) }])
      }),
    )

    it(
      'answers concurrent calls each with its own outcomes',
      given(async (log) => {
        const calls = Array.from({ length: 50 }, (_, index) => log.append(log.fact(`f${index % 10}`, `${index % 20}`)))
        const outcomes = (await Promise.all(calls)).map((answer) => answer.map(({ outcome }) => outcome))
        const expected = Array.from({ length: 50 }, (_, index) => {
          if (index < 10) return ['appended']
          return index % 20 < 10 ? ['duplicate'] : ['conflict']
        })
        expect(outcomes).toEqual(expected)
        expect((await log.all()).map((event) => event.identity).sort()).toEqual(
          Array.from({ length: 10 }, (_, index) => log.name(`f${index}`)),
        )
      }),
    )

    it(
      'never lets recorded times go back',
      given(async (log) => {
        for (const [name, recordedAt] of [
          ['a', log.now],
          ['b', log.now - 5000],
          ['c', log.now + 7],
        ] as const) {
          expect(await log.store.append([log.fact(name)], recordedAt)()).toMatchObject(right([{ outcome: 'appended' }]))
        }
        expect((await log.all()).map(({ recordedAt }) => recordedAt - log.now)).toEqual([0, 0, 7])
      }),
    )

    it(
      'answers an empty call with nothing',
      given(async (log) => {
        expect(await log.append()).toEqual([])
        expect(await log.store.head()).toBe(log.start)
      }),
    )

    it(
      'refuses what no correct caller asks for, and names it, whatever else is in the call',
      given(async (log) => {
        const event = log.event('f')
        const mistakes: ReadonlyArray<readonly [Append, string]> = [
          [log.to('s', 'any'), 'events must be at least one event, not [].'],
          [
            log.to('s', -2n, event),
            "expectedRevision must be a revision from -1n (empty) on, 'no-stream' or 'any', not -2.",
          ],
          [{ ...log.fact('f'), stream: '' }, 'stream must be Unicode text that is not empty, not .'],
          [
            log.to('s', 'any', event, event),
            `events[1].identity must be unlike the others in this append, not ${event.identity}.`,
          ],
          [
            log.to('s', 'any', { ...event, identity: '' }),
            "events[0].identity must be text that is not empty, not ''.",
          ],
          [
            log.to('s', 'any', { ...event, id: '\ud800' }),
            'events[0].id must be Unicode text without lone surrogates, not "\\ud800".',
          ],
          [
            log.to('s', 'any', { ...event, contentHash: 'ABC' }),
            'events[0].contentHash must be 64 lower-case hex digits, not ABC.',
          ],
          [
            log.to('s', 'any', { ...event, time: 1.5 }),
            'events[0].time must be whole milliseconds since the epoch, not 1.5.',
          ],
        ]
        for (const [mistake, message] of mistakes) {
          await expect(log.append(log.fact('good'), mistake)).rejects.toThrow(new TypeError(`appends[1].${message}`))
        }
        await expect(log.store.append([], Number.NaN)()).rejects.toThrow(
          new TypeError('recordedAt must be whole milliseconds since the epoch, not NaN.'),
        )
        expect(await log.all()).toEqual([])
      }),
    )
  })
}

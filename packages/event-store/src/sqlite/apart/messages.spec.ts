import { deserialize, serialize } from 'node:v8'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Append, AppendOutcome, EventToAppend } from '../../port.ts'
import { packAppends, packOutcomes, unpackAppends, unpackOutcomes } from './messages.ts'

/** What becomes of a message on its way to another thread. */
const sent = <T>(message: T): T => deserialize(serialize(message))

const text = fc.string({ unit: 'grapheme' })
const name = fc.string({ minLength: 1, unit: 'grapheme' })

const event: fc.Arbitrary<EventToAppend> = fc.record(
  {
    identity: name,
    contentHash: text,
    // Often the same as those of the event before.
    type: fc.oneof(fc.constantFrom('a', 'b'), text),
    programId: fc.oneof(fc.constantFrom('a', 'b'), text),
    source: fc.oneof(fc.constantFrom('a', 'b'), text),
    id: text,
    time: fc.maxSafeInteger(),
    data: text,
    extensions: text,
  },
  { requiredKeys: ['identity', 'contentHash', 'type', 'programId', 'source', 'id', 'time', 'data'] },
)

const revision = fc.oneof(fc.constant('no-stream' as const), fc.constant('any' as const), fc.bigInt({ min: -1n }))

const append: fc.Arbitrary<Append> = fc
  .tuple(fc.array(event, { minLength: 1, maxLength: 4 }), name, fc.boolean(), revision)
  .map(([events, stream, isOwn, expectedRevision]) => ({
    stream: isOwn ? (events[0] as EventToAppend).identity : stream,
    expectedRevision,
    events,
  }))

const position = fc.bigInt({ min: 1n, max: 2n ** 53n - 1n })

const outcome: fc.Arbitrary<AppendOutcome> = fc.oneof(
  fc.record({
    outcome: fc.constant('appended' as const),
    position,
    revision: fc.oneof(fc.constant(0n), fc.bigInt({ min: 0n, max: 2n ** 60n })),
  }),
  fc.record({ outcome: fc.constant('duplicate' as const), position }),
  fc.record({ outcome: fc.constant('wrong-revision' as const), actual: fc.bigInt({ min: -1n }) }),
  fc.record({
    outcome: fc.constant('conflict' as const),
    offered: event,
    existing: fc
      .tuple(event, position, name, revision)
      .map(([it, at, stream]) => ({ ...it, position: at, stream, revision: 0n, recordedAt: 1 })),
  }),
)

describe('what threads say to each other', () => {
  it('are the appends that were asked for', () => {
    fc.assert(
      fc.property(fc.array(append), (appends) => {
        expect(unpackAppends(sent(packAppends(appends)))).toEqual(appends)
      }),
    )
  })

  it('are the outcomes that were given', () => {
    fc.assert(
      fc.property(fc.array(outcome), (outcomes) => {
        expect(unpackOutcomes(sent(packOutcomes(outcomes)))).toEqual(outcomes)
      }),
    )
  })
})

import { describe, expect, it } from 'vitest'
import type { Headers } from './message.ts'
import { rejectedMessage, sizeOf, withoutValue } from './rejected.ts'

const place = { topic: 'vouch.inbound', partition: 2, offset: '17' }
const outcome = { outcome: 'rejected', id: 'c-1', field: 'time', reason: 'is no time' } as const
const said = {
  vouch_outcome: 'rejected',
  vouch_field: 'time',
  vouch_reason: 'is no time',
  vouch_topic: 'vouch.inbound',
  vouch_partition: '2',
  vouch_offset: '17',
}
const message = (headers: Headers = {}) => ({ key: Buffer.from('k'), value: Buffer.from('v'), headers })

describe('a message that was not taken', () => {
  it('is as it came, and says why and where it stood', () => {
    const headers = { ce_id: Buffer.from('c-1'), several: [Buffer.from('a'), Buffer.from('b')] }
    expect(rejectedMessage(message(headers), place, outcome)).toEqual({
      ...message(),
      headers: { ...headers, ...said },
    })
  })

  it('says so itself: what a sender says of it does not count', () => {
    const { headers } = rejectedMessage(message({ vouch_outcome: 'appended' }), place, outcome)
    expect(headers).toEqual(said)
  })

  it('can be written, whatever kajkajs makes of its headers', () => {
    const odd = {
      constructor: [Object, Buffer.from('c')],
      none: null,
      few: [null, Buffer.from('x')],
    } as unknown as Headers
    const { headers } = rejectedMessage(message(odd), place, outcome)
    expect(headers).toEqual({ constructor: Buffer.from('c'), none: '', few: ['', Buffer.from('x')], ...said })
  })

  it('has a reason that is cut where it is very long', () => {
    const { headers } = rejectedMessage(message(), place, { ...outcome, reason: 'x'.repeat(3_000) })
    expect(headers.vouch_reason).toBe(`${'x'.repeat(2_000)}…`)
  })

  it('that is too large is kept without its value and what else a sender can make long', () => {
    const large = {
      key: Buffer.alloc(2_000),
      value: Buffer.alloc(5_000_000),
      headers: { long: Buffer.alloc(3_000_000) },
    }
    const kept = withoutValue(rejectedMessage(large, place, outcome))
    expect(kept).toEqual({
      key: null,
      value: null,
      headers: {
        ...said,
        vouch_left_out:
          'the value of 5000000 bytes is more than the topic takes; it stands where vouch_topic, vouch_partition and vouch_offset say',
      },
    })
    expect(sizeOf(kept)).toBeLessThan(1_000)
    expect(withoutValue(rejectedMessage(message(), place, outcome)).key).toEqual(Buffer.from('k'))
  })
})

import fc from 'fast-check'
import { isRight } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { codeKey } from '../code.ts'
import { arbitraryNow, cloudEvent } from './events.arbitraries.ts'
import { example, exampleData, exampleNow } from './events.examples.ts'
import { canonicalContent, identityOf } from './identity.ts'
import { parseEvent } from './parse.ts'
import type { EventType, VouchEvent } from './types.ts'

const parsed = (input: unknown, now = exampleNow): VouchEvent => {
  const result = parseEvent(input, now)
  if (isRight(result)) return result.right
  throw new Error(`${result.left.field}: ${result.left.reason}`)
}

const byEvent = 'event:shop.example:evt-1'

describe('the identity of an event', () => {
  it.each<[EventType, string]>([
    ['vouch.click.v1', byEvent],
    ['vouch.share.v1', byEvent],
    ['vouch.signup.v1', 'signup:summer:k-1'],
    ['vouch.conversion.v1', 'conversion:summer:c-1'],
    ['vouch.conversion.amended.v1', byEvent],
    ['vouch.refund.v1', 'refund:summer:r-1'],
    ['vouch.identities.linked.v1', byEvent],
    ['vouch.identities.unlinked.v1', byEvent],
    ['vouch.consent.granted.v1', byEvent],
    ['vouch.consent.withdrawn.v1', byEvent],
    ['vouch.program.published.v1', byEvent],
    ['vouch.advocate.enrolled.v1', 'advocate:summer:anna'],
    ['vouch.advocate.updated.v1', byEvent],
    ['vouch.advocate.suspended.v1', byEvent],
    ['vouch.advocate.reinstated.v1', byEvent],
    ['vouch.code.issued.v1', 'code:summer:anna10'],
    ['vouch.code.revoked.v1', byEvent],
    ['vouch.touch.disqualified.v1', byEvent],
    ['vouch.reward.granted.v1', byEvent],
    ['vouch.reward.revoked.v1', byEvent],
    ['vouch.person.forgotten.v1', byEvent],
    ['vouch.payout.opened.v1', 'payout:summer-1'],
    ['vouch.payee.registered.v1', byEvent],
    ['vouch.payee.held.v1', byEvent],
    ['vouch.payee.released.v1', byEvent],
    ['vouch.payout.submitted.v1', byEvent],
    ['vouch.payout.instructed.v1', byEvent],
    ['vouch.discrepancy.resolved.v1', byEvent],
    ['vouch.period.closing.v1', byEvent],
    ['vouch.period.closed.v1', byEvent],
    ['vouch.balances.converted.v1', 'converted:summer:USD-EUR-1'],
  ])('%s: %s', (type, identity) => {
    expect(identityOf(parsed(example(type)))).toBe(identity)
  })

  it('keeps its parts apart by encoding them', () => {
    const odd = { ...exampleData['vouch.refund.v1'], programId: 'a:b', refundId: '%3A é/' }
    expect(identityOf(parsed(example('vouch.refund.v1', odd)))).toBe('refund:a%3Ab:%253A%20%C3%A9%2F')
  })

  it('is the same exactly for the same natural key, or else the same source and id', () => {
    const event = cloudEvent().map(({ input }) => parsed(input, arbitraryNow))
    // Few letters and short, so that equal keys and keys that run together do turn up.
    const short = fc.stringMatching(/^[:%a]{1,2}$/)
    const close = fc
      .record({ event, source: short, id: short, programId: short, key: short })
      .map(({ event, source, id, programId, key }) => {
        const { type } = event
        const named = {
          signup: 'customerId',
          conversion: 'conversionId',
          refund: 'refundId',
          advocate: 'advocateId',
          payout: 'batchId',
          balances: 'conversionId',
        }
        const field = { ...named, code: 'code' }[type.split('.')[1] as 'signup']
        const data = { ...event.data, programId, ...(field && { [field]: key }) }
        return { ...event, source, id, data } as VouchEvent
      })
    fc.assert(
      fc.property(close, close, (one, other) => {
        expect(identityOf(one) === identityOf(other)).toBe(naturalKey(one) === naturalKey(other))
      }),
      { numRuns: 2000 },
    )
  })

  /** The table of natural keys once more, as lists that cannot run together. */
  const naturalKey = ({ type, source, id, data }: VouchEvent): string => {
    const fields = data as unknown as Record<string, string>
    const keyed: Partial<Record<EventType, string | undefined>> = {
      'vouch.signup.v1': fields.customerId,
      'vouch.conversion.v1': fields.conversionId,
      'vouch.refund.v1': fields.refundId,
      'vouch.advocate.enrolled.v1': fields.advocateId,
      'vouch.code.issued.v1': fields.code && codeKey(fields.code),
      'vouch.balances.converted.v1': fields.conversionId,
    }
    if (type === 'vouch.payout.opened.v1') return JSON.stringify([type, fields.batchId])
    const key = keyed[type]
    return JSON.stringify(key === undefined ? [source, id] : [type, fields.programId, key])
  }
})

describe('the content of an event', () => {
  it('is its type, time and data', () => {
    expect(canonicalContent(parsed(example('vouch.signup.v1')))).toBe(
      '{"data":{"code":"ANNA10","customerId":"k-1","programId":"summer","visitorId":"v-1"},"time":1772366400000,"type":"vouch.signup.v1"}',
    )
  })

  it('is not changed by source, id and extensions', () => {
    const content = canonicalContent(parsed(example('vouch.signup.v1')))
    const other = { ...example('vouch.signup.v1'), id: 'evt-2', source: 'crm.example', subject: 'x' }
    expect(canonicalContent(parsed(other))).toBe(content)
  })

  it('is not changed by how an amount, a code or the time is written', () => {
    const data = {
      ...exampleData['vouch.conversion.v1'],
      amount: { currency: 'EUR', value: '049.9' },
      code: ' ANNA10',
      country: 'de',
    }
    const input = { ...example('vouch.conversion.v1', data), time: '2026-03-01T13:00:00.0001+01:00' }
    expect(canonicalContent(parsed(input))).toBe(canonicalContent(parsed(example('vouch.conversion.v1'))))
  })

  it('is changed by everything else', () => {
    const content = canonicalContent(parsed(example('vouch.signup.v1')))
    const later = { ...example('vouch.signup.v1'), time: '2026-03-01T12:00:00.001Z' }
    const unknown = example('vouch.signup.v1', { ...exampleData['vouch.signup.v1'], note: null })
    const lower = example('vouch.signup.v1', { ...exampleData['vouch.signup.v1'], code: 'anna10' })
    for (const input of [later, unknown, lower]) expect(canonicalContent(parsed(input))).not.toBe(content)
    const linked = canonicalContent(parsed(example('vouch.identities.linked.v1')))
    expect(canonicalContent(parsed(example('vouch.identities.unlinked.v1')))).not.toBe(linked)
  })
})

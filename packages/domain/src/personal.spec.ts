import { isLeft, left } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { eventTypes } from './events/catalog.ts'
import { example, exampleData, exampleNow } from './events/events.examples.ts'
import { parseEvent } from './events/parse.ts'
import { forgottenIn, personalOf, subjectOf } from './personal.ts'

const parsed = (type: (typeof eventTypes)[number], data: Record<string, unknown>) => {
  const event = parseEvent(example(type, data), exampleNow)
  if (isLeft(event)) throw new Error(event.left.reason)
  return event.right
}

const customer = { programId: 'summer', kind: 'customer', id: 'k-1' }
const visitor = { programId: 'summer', kind: 'visitor', id: 'v-1' }
const order = { programId: 'summer', kind: 'conversion', id: 'c-1' }
const advocate = { programId: 'summer', kind: 'advocate', id: 'anna' }

describe('whose personal data an event has', () => {
  const expected: Record<(typeof eventTypes)[number], unknown> = {
    'vouch.click.v1': visitor,
    'vouch.share.v1': advocate,
    'vouch.signup.v1': customer,
    'vouch.conversion.v1': customer,
    'vouch.conversion.amended.v1': order,
    'vouch.refund.v1': order,
    'vouch.identities.linked.v1': customer,
    'vouch.identities.unlinked.v1': customer,
    'vouch.consent.granted.v1': customer,
    'vouch.consent.withdrawn.v1': customer,
    'vouch.program.published.v1': undefined,
    'vouch.advocate.enrolled.v1': advocate,
    'vouch.advocate.updated.v1': advocate,
    'vouch.advocate.suspended.v1': advocate,
    'vouch.advocate.reinstated.v1': advocate,
    'vouch.code.issued.v1': advocate,
    'vouch.code.revoked.v1': advocate,
    'vouch.touch.disqualified.v1': undefined,
    'vouch.reward.granted.v1': advocate,
    'vouch.reward.revoked.v1': advocate,
    'vouch.person.forgotten.v1': undefined,
    'vouch.payee.registered.v1': advocate,
    'vouch.payee.held.v1': advocate,
    'vouch.payee.released.v1': advocate,
    'vouch.payout.opened.v1': undefined,
    'vouch.payout.approved.v1': undefined,
    'vouch.payout.cancelled.v1': undefined,
    'vouch.payout.submitted.v1': undefined,
    'vouch.payout.settled.v1': undefined,
    'vouch.payout.failed.v1': undefined,
    'vouch.payout.returned.v1': undefined,
    'vouch.statement.recorded.v1': undefined,
    'vouch.payout.instructed.v1': undefined,
    'vouch.discrepancy.resolved.v1': undefined,
    'vouch.period.closing.v1': undefined,
    'vouch.period.closed.v1': undefined,
    'vouch.balances.converted.v1': undefined,
  }

  it.each(eventTypes)('%s', (type) => {
    expect(subjectOf(parsed(type, exampleData[type]))).toStrictEqual(expected[type])
    const personal = { name: 'Somebody', accountId: 'somewhere' }
    const withPersonal = parseEvent(example(type, { ...exampleData[type], personal }), exampleNow)
    if (expected[type] !== undefined) {
      expect(isLeft(withPersonal) ? withPersonal.left : personalOf(withPersonal.right)).toStrictEqual(personal)
      return
    }
    const reason = `${type} is about nobody whose data this could be; leave personal out`
    expect(withPersonal).toStrictEqual(left({ field: 'data.personal', reason }))
  })

  it('of an order is the visitor’s without a customer, and the order’s own with neither', () => {
    const { customerId: _customer, ...byVisitor } = exampleData['vouch.conversion.v1']
    const { visitorId: _visitor, ...byCode } = byVisitor as Record<string, unknown>
    expect(subjectOf(parsed('vouch.conversion.v1', byVisitor))).toStrictEqual(visitor)
    expect(subjectOf(parsed('vouch.conversion.v1', byCode))).toStrictEqual(order)
  })
})

it.each([['text'], [7], [['a list']], [null]])('personal data is an object, not %j', (personal) => {
  const outcome = parseEvent(example('vouch.signup.v1', { ...exampleData['vouch.signup.v1'], personal }), exampleNow)
  expect(isLeft(outcome) && outcome.left.field).toBe('data.personal')
})

it('who was forgotten can be read off the log', () => {
  const { data } = parsed('vouch.person.forgotten.v1', exampleData['vouch.person.forgotten.v1'])
  expect(forgottenIn({ data: JSON.stringify(data) })).toStrictEqual(customer)
})

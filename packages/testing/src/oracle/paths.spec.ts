import { describe, expect, it } from 'vitest'
import { auditLog } from './audit.ts'
import type { PlainEvent } from './log.ts'
import {
  click,
  conversion,
  day,
  disqualifiedTouch,
  granted,
  issued,
  linked,
  logOf,
  program,
  reinstated,
  revoked,
  signup,
  suspended,
  terms,
  unlinked,
  updated,
} from './story.ts'

/** The linear path of one conversion as 'A:k1 B:k2', and what was lost as 'k3 reason'. */
function pathOf(events: readonly PlainEvent[], conversionId = 'o'): { path: string; lost: string } {
  const audit = auditLog(logOf(...events))
  const inPath = [...audit.attributions.keys()].map((key) => key.split('|')).filter((key) => key[1] === conversionId)
  const linear = inPath.filter((key) => key[2] === 'linear').map((key) => `${key[3]}:${key[4]?.slice(2)}`)
  const lost = [...audit.lostTouches].filter(([key]) => key.split('|')[1] === conversionId)
  const named = lost.map(([key, [reason]]) => `${key.split('|')[2]?.slice(2)} ${reason}`)
  return { path: linear.join(' '), lost: named.join(', ') }
}

const customer = { customerId: 'c' }
const both = { customerId: 'c', visitorId: 'v' }
const k1 = click('k1', day(5), 'A')
const k2 = click('k2', day(6), 'B')
const o = conversion('o', day(10), '10.00 EUR')
const reuse = { attribution: { touchReuse: 'since-last-conversion' } } as const

describe('a path', () => {
  it.each<[string, PlainEvent[], string, string]>([
    ['holds the visitor’s clicks in order of time', [...program(), k2, k1, o], 'A:k1 B:k2', ''],
    [
      'orders by id, as text, within a millisecond',
      [...program(), click('k2', day(5), 'A'), click('k10', day(5), 'B'), o],
      'B:k10 A:k2',
      '',
    ],
    [
      'orders ids as UTF-8 has them, not as UTF-16 has',
      [...program(), click('\u{1f6d2}', day(5), 'A'), click('\uff5e', day(5), 'B'), o],
      'B:\uff5e A:\u{1f6d2}',
      '',
    ],
    ['holds a click in the same millisecond, whatever its id', [...program(), click('z', day(10), 'A'), o], 'A:z', ''],
    ['holds no click a millisecond later', [...program(), click('z', day(10, 1), 'A'), o], '', ''],
    ['holds no click of another visitor', [...program(), click('z', day(5), 'A', 'w'), o], '', ''],
    [
      'reaches back thirty days exactly',
      [...program(), click('k', day(2), 'A'), conversion('o', day(32), '1.00 EUR')],
      'A:k',
      '',
    ],
    [
      'reaches back not a millisecond further',
      [...program(), click('k', day(2), 'A'), conversion('o', day(32, 1), '1.00 EUR')],
      '',
      'k outside-look-back',
    ],
    [
      'reaches back further for signups',
      [...program(), signup('s', day(2), 'c', { code: 'A' }), conversion('o', day(100), '1.00 EUR', customer)],
      'A:s',
      '',
    ],
    [
      'ends with the coupon',
      [...program(), k1, conversion('o', day(10), '1.00 EUR', { visitorId: 'v', code: 'B' })],
      'A:k1 B:o',
      '',
    ],
    ['may be a coupon alone', [...program(), conversion('o', day(10), '1.00 EUR', { code: 'B' })], 'B:o', ''],
    [
      'does not hold the coupon of an earlier conversion',
      [...program(), conversion('n', day(9), '1.00 EUR', { visitorId: 'v', code: 'B' }), o],
      '',
      '',
    ],
    ['compares codes without case and outer blanks', [...program(), click('k', day(5), ' a '), o], 'A:k', ''],
    ['loses an unknown code', [...program(), click('k', day(5), 'X'), o], '', 'k unknown-code'],
    [
      'takes a code that is issued later',
      [...program(), click('k', day(5), 'X'), o, issued('X', 'A', day(11))],
      'A:k',
      '',
    ],
    [
      'takes a code whose owner never enrolled',
      [...program(), issued('X', 'G'), click('k', day(5), 'X'), o],
      'G:k',
      '',
    ],
    ['loses a click on a revoked code', [...program(), revoked('A', day(5)), k1, o], '', 'k1 revoked-code'],
    ['keeps a click from before the revocation', [...program(), revoked('A', day(5, 1)), k1, o], 'A:k1', ''],
    [
      'keeps a click on a code that another than its owner revoked',
      [...program(), revoked('A', day(4), 'B'), k1, o],
      'A:k1',
      '',
    ],
    [
      'loses it if the revocation came before the code',
      [...program(), revoked('X', day(4), 'A'), issued('X', 'A', day(2)), click('k', day(5), 'X'), o],
      '',
      'k revoked-code',
    ],
    [
      'loses the advocate suspended at the conversion',
      [...program(), k1, suspended('A', day(10)), o],
      '',
      'k1 advocate-suspended',
    ],
    ['keeps the advocate suspended afterwards', [...program(), k1, o, suspended('A', day(10, 1))], 'A:k1', ''],
    [
      'keeps the advocate reinstated before',
      [...program(), suspended('A', day(3)), k1, reinstated('A', day(9)), o],
      'A:k1',
      '',
    ],
    [
      'loses it if the suspension arrives after the conversion',
      [...program(), k1, o, suspended('A', day(9))],
      '',
      'k1 advocate-suspended',
    ],
    [
      'loses a self-referral',
      [...program({}, { A: { customerId: 'c' } }), k1, k2, conversion('o', day(10), '1.00 EUR', both)],
      'B:k2',
      'k1 self-referral',
    ],
    [
      'keeps it where the terms allow it',
      [
        ...program({ attribution: { selfReferral: 'allow' } }, { A: { customerId: 'c' } }),
        k1,
        conversion('o', day(10), '1.00 EUR', both),
      ],
      'A:k1',
      '',
    ],
    [
      'asks for the advocate’s customer at the conversion’s time',
      [
        ...program({}, { A: { customerId: 'd' } }),
        k1,
        conversion('o', day(10), '1.00 EUR', both),
        updated('A', day(11), { customerId: 'c' }),
      ],
      'A:k1',
      '',
    ],
    [
      'loses a disqualified click, whenever that is said',
      [...program(), k1, k2, o, disqualifiedTouch('k1')],
      'B:k2',
      'k1 disqualified',
    ],
    [
      'loses a disqualified coupon and keeps the conversion',
      [...program(), k1, conversion('o', day(10), '1.00 EUR', { visitorId: 'v', code: 'B' }), disqualifiedTouch('o')],
      'A:k1',
      'o disqualified',
    ],
    [
      'starts after the previous conversion',
      [...program(reuse), k1, conversion('n', day(6), '1.00 EUR'), k2, click('k3', day(7), 'C'), o],
      'C:k3',
      'k1 before-previous-conversion, k2 before-previous-conversion',
    ],
    [
      'starts after it by customer, not by device',
      [
        ...program(reuse),
        k1,
        conversion('n', day(6), '1.00 EUR', { customerId: 'd', visitorId: 'v' }),
        conversion('o', day(10), '1.00 EUR', both),
      ],
      'A:k1',
      '',
    ],
    [
      'keeps its own coupon in the millisecond of the previous conversion',
      [
        ...program(reuse),
        k1,
        conversion('n', day(10), '1.00 EUR'),
        conversion('o', day(10), '1.00 EUR', { visitorId: 'v', code: 'B' }),
      ],
      'B:o',
      'k1 before-previous-conversion',
    ],
  ])('%s', (_, events, path, lost) => {
    expect(pathOf(events)).toEqual({ path, lost })
  })
})

describe('identities', () => {
  const other = click('w1', day(4), 'C', 'w')
  const ofCustomer = conversion('o', day(10), '1.00 EUR', customer)
  it.each<[string, PlainEvent[], string]>([
    ['a link brings the visitor’s touches', [...program(), k1, ofCustomer, linked('l', day(12), 'v', 'c')], 'A:k1'],
    [
      'a later denial takes them away',
      [...program(), linked('l', day(3), 'v', 'c'), k1, ofCustomer, unlinked('u', day(12), 'v', 'c')],
      '',
    ],
    [
      'a denial of earlier time does not',
      [...program(), linked('l', day(12), 'v', 'c'), k1, ofCustomer, unlinked('u', day(3), 'v', 'c')],
      'A:k1',
    ],
    [
      'in one millisecond the later id decides: link',
      [...program(), unlinked('a', day(3), 'v', 'c'), linked('b', day(3), 'v', 'c'), k1, ofCustomer],
      'A:k1',
    ],
    [
      'in one millisecond the later id decides: denial',
      [...program(), linked('a', day(3), 'v', 'c'), unlinked('b', day(3), 'v', 'c'), k1, ofCustomer],
      '',
    ],
    ['a signup links', [...program(), k1, signup('s', day(8), 'c', { visitorId: 'v' }), ofCustomer], 'A:k1'],
    [
      'a later conversion with both links',
      [...program(), k1, ofCustomer, conversion('q', day(15), '1.00 EUR', both)],
      'A:k1',
    ],
    [
      'its own visitor stays, even if denied',
      [...program(), k1, conversion('o', day(10), '1.00 EUR', both), unlinked('u', day(12), 'v', 'c')],
      'A:k1',
    ],
    [
      'without a customer, the other visitors of the visitor’s customer count',
      [...program(), other, linked('l', day(3), 'v', 'c'), linked('m', day(3), 'w', 'c'), k1, o],
      'C:w1 A:k1',
    ],
    [
      'two customers are not one because they share a device',
      [
        ...program(),
        other,
        linked('l', day(3), 'v', 'c'),
        linked('m', day(3), 'v', 'd'),
        linked('n', day(3), 'w', 'd'),
        k1,
        ofCustomer,
      ],
      'A:k1',
    ],
    [
      'a signup without visitor is its customer’s',
      [...program(), signup('s', day(5), 'c', { code: 'A' }), ofCustomer],
      'A:s',
    ],
  ])('%s', (_, events, path) => {
    expect(pathOf(events).path).toBe(path)
  })
})

describe('time and terms', () => {
  const horizon = { attribution: { horizon: '5d' } } as const
  it.each<[string, PlainEvent[], string, string]>([
    [
      'a click may be as late as the horizon',
      [...program(horizon), conversion('o', day(10), '1.00 EUR'), click('k', day(5), 'A')],
      'A:k',
      '',
    ],
    [
      'and not a millisecond later',
      [...program(horizon), conversion('o', day(10), '1.00 EUR'), click('k', day(5, -1), 'A')],
      '',
      'k beyond-horizon',
    ],
    [
      'a link is never late',
      [...program(horizon), k1, conversion('o', day(10), '1.00 EUR', customer), linked('l', day(2), 'v', 'c')],
      'A:k1',
      '',
    ],
    [
      'what is too old by more than the horizon is not even named',
      [
        ...program({ attribution: { horizon: '5d', lookback: { click: '3d', signup: '9d' } } }),
        click('k', day(2), 'A'),
        click('h', day(2, -1), 'A'),
        signup('s', day(2, -1), 'c', { visitorId: 'v', code: 'B' }),
        conversion('o', day(10), '1.00 EUR'),
      ],
      'B:s',
      'k outside-look-back',
    ],
    ['a click before the terms is excluded', [...program().slice(1), terms({}, day(5, 1)), k1, o], '', 'k1 no-terms'],
    ['terms may arrive after what they govern', [...program().slice(1), k1, o, terms({}, day(2))], 'A:k1', ''],
  ])('%s', (_, events, path, lost) => {
    expect(pathOf(events)).toEqual({ path, lost })
  })

  it('a signup and a conversion from before the terms say who is who, and the conversion spends nothing', () => {
    const early = [...program().slice(1), terms(reuse, day(5))]
    const ofCustomer = conversion('o', day(10), '1.00 EUR', customer)
    const bySignup = [...early, signup('s', day(4), 'c', { visitorId: 'v' }), click('k', day(6), 'A'), ofCustomer]
    expect(pathOf(bySignup)).toEqual({ path: 'A:k', lost: '' })
    const byConversion = [...early, conversion('q', day(4), '1.00 EUR', both), click('k', day(6), 'A'), ofCustomer]
    expect(pathOf(byConversion)).toEqual({ path: 'A:k', lost: '' })
  })

  it('a late conversion links nobody', () => {
    const link = conversion('q', day(10, -1), '1.00 EUR', both)
    const events = [...program(horizon), k1, conversion('o', day(15), '1.00 EUR', customer), link]
    expect(pathOf(events)).toEqual({ path: '', lost: '' })
  })

  it('a late conversion, and one before the terms, are excluded as events', () => {
    const late = auditLog(logOf(...program(horizon), click('k', day(10), 'A'), conversion('o', day(5, -1), '1.00 EUR')))
    expect([...late.lostEvents]).toEqual([['p|s/o', ['beyond-horizon']]])
    expect(late.conversions.size).toBe(0)
    const early = auditLog(logOf(...program().slice(1), terms({}, day(11)), o))
    expect([...early.lostEvents]).toEqual([['p|s/o', ['no-terms']]])
    expect(early.conversions.size).toBe(0)
  })

  it('what is dated into the future moves the clock to its recording only', () => {
    const recorded = (position: number, recordedAt: number, event: PlainEvent) => ({ position, recordedAt, event })
    const log = [
      ...logOf(...program(horizon)),
      recorded(20, day(6), click('f', day(60), 'B')),
      recorded(21, day(6), k1),
      recorded(22, day(10), o),
    ]
    expect([...auditLog(log).lostEvents]).toEqual([])
  })

  it('terms hold from their own day, in whatever order they were published; of two from one day the newer', () => {
    const scheduled = { ...terms({}, day(8)), time: day(1) }
    const meanwhile = terms({}, day(6))
    const corrected = { ...terms({}, day(8)), id: 'corrected', time: day(7) }
    const bought = [7, 8, 9].map((on) => conversion(`o${on}`, day(on), '1.00 EUR'))
    const versions = (...events: PlainEvent[]) => {
      const { attributions } = auditLog(logOf(...program(), ...events, k1, ...bought))
      return [7, 8, 9].map((on) => attributions.get(`p|o${on}|linear|A|s/k1`)?.termsVersion)
    }
    expect(versions(scheduled, meanwhile)).toEqual([3, 2, 2])
    expect(versions(scheduled, meanwhile, corrected)).toEqual([3, 4, 4])
  })

  it('what terms leave out has the value of the contract’s example', () => {
    const bare = { ...terms(), data: { programId: 'p', currency: 'EUR', effectiveFrom: '2026-01-01T00:00:00Z' } }
    const events = (draft: PlainEvent) => [
      ...program().slice(1),
      draft,
      ...[k1, k2, click('k3', day(7), 'C'), click('late', day(2, -1), 'A')],
      signup('s', day(2), 'c', { code: 'B', visitorId: 'v' }),
      conversion('o', day(32), '10.00 EUR', both),
      granted('g', day(32), 'A', '1.00 EUR'),
    ]
    expect(auditLog(logOf(...events(bare)))).toEqual(auditLog(logOf(...events(terms()))))
  })

  it('each conversion falls under the version of its own time', () => {
    const audit = auditLog(
      logOf(
        ...program({ attribution: { lookback: { click: '30d', signup: '30d' } } }),
        terms({ attribution: { lookback: { click: '1d', signup: '30d' } } }, day(10)),
        click('k', day(8), 'A'),
        conversion('before', day(10, -1), '1.00 EUR'),
        conversion('after', day(10), '1.00 EUR'),
      ),
    )
    expect(audit.attributions.get('p|before|last-touch|A|s/k')?.termsVersion).toBe(1)
    expect([...audit.lostTouches]).toEqual([['p|after|s/k', ['outside-look-back']]])
  })
})

import { describe, it } from 'vitest'
import { given, type Story } from './given.ts'
import { type Bought, click, conversion, disqualified, linked, program, rule, share, signup } from './story.ts'

const k = click('v', 'ANNA', { at: '01-05', id: 'k' })
const o = (more: Bought = { visitorId: 'v' }) => conversion('o', '10.00 EUR', { at: '01-10', ...more })
const out = (id: string, at = '01-20') => disqualified(id, { at })

describe('a disqualified touch', () => {
  const lost = (touch: string) => [`${touch} of o: disqualified`]
  const ofSignup = [signup('c', { at: '01-05', code: 'ANNA', id: 's' }), o({ customerId: 'c' })]
  const ofCoupon = [o({ customerId: 'c', code: 'ANNA' })]

  it.each<[string, Story, string[]]>([
    ['is a click, disqualified after the conversion', [k, o(), out('k')], ['k of o: disqualified', 'k: disqualified']],
    ['is a click, disqualified before the conversion', [k, out('k'), o()], ['k of o: disqualified', 'k: disqualified']],
    ['is a click, disqualified before it came', [out('k'), k, o()], ['k of o: disqualified', 'k: disqualified']],
    [
      'is a click, whatever the time of the statement',
      [k, o(), out('k', '01-02')],
      ['k of o: disqualified', 'k: disqualified'],
    ],
    ['is a signup', [...ofSignup, out('s')], ['s: disqualified', ...lost('signup:c')]],
    ['is a coupon, by its conversion’s event', [...ofCoupon, out('o')], [...lost('coupon:o'), 'o: disqualified']],
  ])('%s', (_, story, excluded) => {
    given(program(), ...story).stands({ paths: [], lost: excluded, net: ['o 10.00 EUR'] })
  })

  it('is known by source and id both', () => {
    given(program(), k, o(), disqualified('k', { at: '01-20', touchSource: 'shop' })).stands({ paths: ['o: k'] })
  })

  it('leaves the other touches the whole', () => {
    given(program(), k, click('v', 'BERT', { at: '01-06', id: 'b' }), o(), out('k')).stands({ paths: ['o: b'] })
  })

  it('stays out for ever, and is named once however often it is disqualified', () => {
    given(program(), k, o(), out('k')).when(out('k', '01-21')).then()
  })

  it('still links visitor and customer, for it happened', () => {
    given(
      program(),
      k,
      signup('c', { at: '01-06', visitorId: 'v', code: 'BERT', id: 's' }),
      o({ customerId: 'c' }),
      out('s'),
    ).stands({ paths: ['o: k'], lost: ['s: disqualified', 'signup:c of o: disqualified'] })
  })

  it('is a conversion all the same, whose coupon alone is out', () => {
    given(program({ rewards: [rule('ten')] }), k, o({ visitorId: 'v', code: 'BERT' }), out('o')).stands({
      paths: ['o: k'],
      net: ['o 10.00 EUR'],
      rewards: ['ten anna o 1.00 EUR'],
    })
  })

  it('brings nobody a reward for it', () => {
    const fixed = (trigger: string) => rule(trigger, { trigger, amount: { fixed: '5.00' } })
    const story = [
      program({ rewards: ['click', 'share', 'signup'].map(fixed) }),
      k,
      share('anna', { at: '01-05', id: 'h' }),
      share('anna', { at: '01-05', code: 'ANNA', id: 'hc' }),
      signup('c', { at: '01-05', code: 'ANNA', id: 's' }),
    ]
    given(...story).stands({
      rewards: ['click anna k 5.00 EUR', 'share anna h 5.00 EUR', 'share anna hc 5.00 EUR', 'signup anna s 5.00 EUR'],
      unpaid: [],
    })
    given(...story, out('k'), out('h'), out('hc'), out('s')).stands({
      rewards: [],
      unpaid: ['click k: disqualified', 'share h: disqualified', 'share hc: disqualified', 'signup s: disqualified'],
    })
  })

  it('lets a signup without a code go to the touch before it', () => {
    const rewards = [rule('welcome', { trigger: 'signup', amount: { fixed: '5.00' } })]
    const b = click('v', 'BERT', { at: '01-04', id: 'b' })
    given(
      program({ rewards }),
      k,
      b,
      linked('v', 'c', { at: '01-02' }),
      signup('c', { at: '01-06', id: 's' }),
      out('k'),
    ).stands({ rewards: ['welcome bert s 5.00 EUR'] })
  })

  it('may be a signup without a code, which then is nobody’s', () => {
    const rewards = [rule('welcome', { trigger: 'signup', amount: { fixed: '5.00' } })]
    const s = signup('c', { at: '01-06', visitorId: 'v', id: 's' })
    given(program({ rewards }), k, s).stands({ rewards: ['welcome anna s 5.00 EUR'] })
    given(program({ rewards }), k, s, out('s')).stands({ rewards: [], unpaid: ['welcome s: disqualified'] })
    given(program({ rewards }), out('s'), k, s).stands({ rewards: [], unpaid: ['welcome s: disqualified'] })
  })

  it('writes what it takes back', () => {
    given(program({ rewards: [rule('ten')] }), k, o())
      .when(out('k'))
      .then(
        { table: 'exclusions', subject: 'touch', sign: 1, reason: 'disqualified', event_id: 'k', conversion_id: '' },
        ...['first-touch', 'last-touch', 'linear', 'position-based', 'time-decay'].map((model) => ({
          table: 'attributions',
          model,
          credit: '-1.000000000',
          entry: 'reattributed',
        })),
        { table: 'rewards', rule_id: 'ten', amount: '-1.00', entry: 'reversed' },
        { table: 'exclusions', subject: 'touch', sign: 1, reason: 'disqualified', event_id: 'k', conversion_id: 'o' },
        { table: 'exclusions', subject: 'reward', sign: 1, reason: 'no-touch', event_id: 'o', rule_id: 'ten' },
      )
  })
})

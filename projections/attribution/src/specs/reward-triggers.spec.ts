import { describe, it } from 'vitest'
import { given, type Story } from './given.ts'
import { click, conversion, issued, type Profile, program, revoked, rule, share, signup, suspended } from './story.ts'

const on = (trigger: string, more: Record<string, unknown> = {}, profiles: Record<string, Profile> = {}) =>
  program({ rewards: [rule('x', { trigger, amount: { fixed: '5.00' }, ...more })] }, profiles)
const k = (code = 'ANNA', at = '01-05', id = 'k') => click('v', code, { at, id })
const h = (code?: string) => share('anna', { at: '01-05', id: 'h', ...(code === undefined ? {} : { code }) })
const s = (more: { visitorId?: string; code?: string } = {}, at = '01-10') => signup('c', { at, id: 's', ...more })
const parent = { anna: { parentAdvocateId: 'dora', customerId: 'c' } }

describe('a click reward', () => {
  it.each<[string, Story, string[], string[]]>([
    ['goes to the owner of the code', [on('click'), k()], ['x anna k 5.00 EUR'], []],
    ['goes to the owner’s parent', [on('click', { to: 'upline' }, parent), k()], ['x dora k 5.00 EUR'], []],
    ['has no referee', [on('click', { to: 'referee' }), k()], [], ['x k: customer-unknown']],
    ['waits for a code that nobody has', [on('click'), k('NEW')], [], ['x k: unknown-code']],
    ['comes with the code', [on('click'), k('NEW'), issued('NEW', 'bert', { at: '02-01' })], ['x bert k 5.00 EUR'], []],
    [
      'is not paid for a revoked code',
      [on('click'), k(), revoked('ANNA', 'anna', { at: '01-05' })],
      [],
      ['x k: revoked-code'],
    ],
    [
      'is not paid while its owner is suspended',
      [on('click'), k(), suspended('anna', { at: '01-05' })],
      [],
      ['x k: advocate-suspended'],
    ],
    [
      'is paid if its owner is suspended later',
      [on('click'), k(), suspended('anna', { at: '01-05 00:00:00.001' })],
      ['x anna k 5.00 EUR'],
      [],
    ],
    ['needs a parent for the upline', [on('click', { to: 'upline' }), k()], [], ['x k: no-parent']],
    ['cannot be a percentage', [on('click', { amount: { percent: '10' } }), k()], [], ['x anna k: no-revenue']],
    [
      'is paid for each click',
      [on('click'), k(), k('ANNA', '01-06', 'k2')],
      ['x anna k 5.00 EUR', 'x anna k2 5.00 EUR'],
      [],
    ],
  ])('%s', (_, story, rewards, unpaid) => {
    given(...story).stands({ rewards, unpaid })
  })

  it('tells of its click', () => {
    given(on('click')).when(k()).thenIn('rewards', {
      reward_id: 'x:click:app:k:advocate:anna',
      rule_id: 'x',
      trigger: 'click',
      conversion_id: '',
      source: 'app',
      event_id: 'k',
      amount: '5.00',
      entry: 'accrued',
      earned_at: '2026-01-05 00:00:00.000',
      available_on: '2026-02-04',
    })
  })
})

describe('a share reward', () => {
  it.each<[string, Story, string[], string[]]>([
    ['goes to the owner of the code', [on('share'), h('BERT')], ['x bert h 5.00 EUR'], []],
    ['goes to its advocate without a code', [on('share'), h()], ['x anna h 5.00 EUR'], []],
    ['goes to the parent', [on('share', { to: 'upline' }, parent), h()], ['x dora h 5.00 EUR'], []],
    ['has no referee', [on('share', { to: 'referee' }), h()], [], ['x h: customer-unknown']],
    ['is not paid for a code that nobody has', [on('share'), h('NEW')], [], ['x h: unknown-code']],
    ['comes with the code', [on('share'), h('NEW'), issued('NEW', 'bert', { at: '02-01' })], ['x bert h 5.00 EUR'], []],
    [
      'is not paid for a revoked code',
      [on('share'), h('ANNA'), revoked('ANNA', 'anna', { at: '01-05' })],
      [],
      ['x h: revoked-code'],
    ],
    [
      'is not paid to a suspended advocate',
      [on('share'), h(), suspended('anna', { at: '01-04' })],
      [],
      ['x h: advocate-suspended'],
    ],
    [
      'is not paid to a suspended owner',
      [on('share'), h('BERT'), suspended('bert', { at: '01-04' })],
      [],
      ['x h: advocate-suspended'],
    ],
  ])('%s', (_, story, rewards, unpaid) => {
    given(...story).stands({ rewards, unpaid })
  })

  it('is an activity in touches, and in no path', () => {
    given(on('share'))
      .when(h('ANNA'), conversion('o', '1.00 EUR', { at: '01-06', visitorId: 'v', code: 'BERT' }))
      .thenIn(
        'touches',
        { kind: 'share', touch_id: 'share:app:h', advocate_id: 'anna', code: 'ANNA', channel: 'mail', visitor_id: '' },
        { kind: 'coupon' },
      )
  })

  it('is known to its clicks by shareId', () => {
    given(program())
      .when(
        share('anna', { at: '01-05', shareId: 'h1' }),
        click('v', 'ANNA', { at: '01-06', shareId: 'h1', channel: 'mail' }),
      )
      .thenIn('touches', { kind: 'share', share_id: 'h1' }, { kind: 'click', share_id: 'h1', channel: 'mail' })
  })
})

describe('a rule', () => {
  it('pays for its own trigger alone', () => {
    const rewards = ['click', 'share', 'signup', 'conversion'].map((trigger) =>
      rule(trigger, { trigger, amount: { fixed: '1.00' } }),
    )
    given(
      program({ rewards }),
      k(),
      h(),
      s({ code: 'CARL' }),
      conversion('o', '1.00 EUR', { at: '01-11', visitorId: 'v' }),
    ).stands({
      rewards: [
        'click anna k 1.00 EUR',
        'conversion anna o 1.00 EUR',
        'share anna h 1.00 EUR',
        'signup carl s 1.00 EUR',
      ],
      unpaid: [],
    })
  })

  it.each<[string, Record<string, unknown>, string]>([
    ['minAmount', { minAmount: '1.00' }, 'below-min-amount'],
    ['customer: new', { customer: 'new' }, 'customer-unknown'],
    ['countries', { countries: ['DE'] }, 'country'],
    ['categories', { categories: ['shoes'] }, 'category'],
    ['kinds', { kinds: ['lead'] }, 'kind'],
  ])('with %s has no click that meets it', (_, when, reason) => {
    given(on('click', { when }), k()).stands({ rewards: [], unpaid: [`x k: ${reason}`] })
  })
})

import { describe, it } from 'vitest'
import { given, type Story } from './given.ts'
import { click, conversion, linked, type Profile, program, revoked, rule, signup, suspended } from './story.ts'

const on = (trigger: string, more: Record<string, unknown> = {}, profiles: Record<string, Profile> = {}) =>
  program({ rewards: [rule('x', { trigger, amount: { fixed: '5.00' }, ...more })] }, profiles)
const k = (code = 'ANNA', at = '01-05', id = 'k') => click('v', code, { at, id })
const s = (more: { visitorId?: string; code?: string } = {}, at = '01-10') => signup('c', { at, id: 's', ...more })
const parent = { anna: { parentAdvocateId: 'dora', customerId: 'c' } }

describe('a signup reward', () => {
  it.each<[string, Story, string[], string[]]>([
    ['goes to the owner of the code', [on('signup'), s({ code: 'ANNA' })], ['x anna s 5.00 EUR'], []],
    [
      'goes to the owner of the code, not to the last touch',
      [on('signup'), k('BERT'), s({ code: 'ANNA', visitorId: 'v' })],
      ['x anna s 5.00 EUR'],
      [],
    ],
    ['goes to the referee', [on('signup', { to: 'referee' }), s({ code: 'ANNA' })], ['x c s 5.00 EUR'], []],
    [
      'goes to the owner’s parent',
      [on('signup', { to: 'upline' }, { anna: { parentAdvocateId: 'dora' } }), s({ code: 'ANNA' })],
      ['x dora s 5.00 EUR'],
      [],
    ],
    [
      'with a code that does not count is nobody’s',
      [on('signup'), k('BERT'), s({ code: 'NEW', visitorId: 'v' })],
      [],
      ['x s: unknown-code'],
    ],
    [
      'with a revoked code is nobody’s',
      [on('signup'), k('BERT'), revoked('ANNA', 'anna', { at: '01-09' }), s({ code: 'ANNA', visitorId: 'v' })],
      [],
      ['x s: revoked-code'],
    ],
    [
      'with a suspended owner is nobody’s',
      [on('signup'), suspended('anna', { at: '01-09' }), s({ code: 'ANNA' })],
      [],
      ['x s: advocate-suspended'],
    ],
    [
      'of the advocate’s own customer is nobody’s',
      [on('signup', {}, parent), s({ code: 'ANNA' })],
      [],
      ['x s: self-referral'],
    ],
    [
      'without a code goes to the last touch before it',
      [on('signup'), k('BERT', '01-05', 'b'), k('ANNA', '01-06', 'a'), s({ visitorId: 'v' })],
      ['x anna s 5.00 EUR'],
      [],
    ],
    [
      'without a code takes a touch of the same millisecond',
      [on('signup'), k('BERT', '01-05', 'b'), k('ANNA', '01-10', 'z'), s({ visitorId: 'v' })],
      ['x anna s 5.00 EUR'],
      [],
    ],
    [
      'without a code takes no touch after it',
      [on('signup'), k('ANNA', '01-10 00:00:00.001'), s({ visitorId: 'v' })],
      [],
      ['x s: no-touch'],
    ],
    ['without a code is nobody’s without touches', [on('signup'), s()], [], ['x s: no-touch']],
    [
      'without a code takes the customer’s visitors',
      [on('signup'), k(), linked('v', 'c', { at: '01-20' }), s()],
      ['x anna s 5.00 EUR'],
      [],
    ],
    [
      'without a code looks back as far as a conversion would',
      [on('signup'), k(), s({ visitorId: 'v' }, '02-04')],
      ['x anna s 5.00 EUR'],
      [],
    ],
    [
      'without a code looks back no further',
      [on('signup'), k(), s({ visitorId: 'v' }, '02-04 00:00:00.001')],
      [],
      ['x s: no-touch'],
    ],
    [
      'without a code passes over touches that do not count',
      [on('signup', {}, parent), k('BERT', '01-05', 'b'), k('ANNA', '01-06', 'a'), s({ visitorId: 'v' })],
      ['x bert s 5.00 EUR'],
      [],
    ],
    [
      'without a code moves to a later touch that comes late',
      [on('signup'), k('BERT', '01-05', 'b'), s({ visitorId: 'v' }), k('ANNA', '01-06', 'a')],
      ['x anna s 5.00 EUR'],
      [],
    ],
    ['for the referee needs somebody who brought it', [on('signup', { to: 'referee' }), s()], [], ['x s: no-touch']],
  ])('%s', (_, story, rewards, unpaid) => {
    given(...story).stands({ rewards, unpaid })
  })

  it('is not spent by an earlier conversion', () => {
    const rewards = [rule('x', { trigger: 'signup', amount: { fixed: '5.00' } })]
    given(
      program({ attribution: { touchReuse: 'since-last-conversion' }, rewards }),
      k(),
      conversion('o', '1.00 EUR', { at: '01-06', visitorId: 'v', customerId: 'c' }),
      s({ visitorId: 'v' }),
    ).stands({ rewards: ['x anna s 5.00 EUR'] })
  })

  it('tells of its signup, by its customer', () => {
    given(on('signup'))
      .when(s({ code: 'ANNA' }))
      .thenIn('rewards', { reward_id: 'x:signup:c:advocate:anna', trigger: 'signup', conversion_id: '', event_id: 's' })
  })
})

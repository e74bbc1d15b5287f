import { describe, it } from 'vitest'
import { given, type Story } from './given.ts'
import {
  type Bought,
  click,
  conversion,
  enrolled,
  issued,
  linked,
  type Profile,
  program,
  rule,
  signup,
  suspended,
  terms,
  updated,
} from './story.ts'

const k = (code: string, at: string, id: string) => click('v', code, { at, id })
const a = k('ANNA', '01-05', 'a')
const b = k('BERT', '01-06', 'b')
const c = k('CARL', '01-07', 'c')
const o = (more: Bought = {}) => conversion('o', '10.00 EUR', { at: '01-10', visitorId: 'v', ...more })
const pays = (to: string, amount: Record<string, unknown>, profiles: Record<string, Profile> = {}) =>
  program({ attribution: { rewardBy: 'linear' }, rewards: [rule('x', { to, amount })] }, profiles)
const half = { percent: '50' }
const fixed = { fixed: '9.00' }

describe('a referee', () => {
  const buys = { customerId: 'c' }
  it.each<[string, Story, string[], string[]]>([
    ['gets a percentage of the whole net', [pays('referee', half), a, b, o(buys)], ['x c o 5.00 EUR'], []],
    ['gets a fixed amount whole', [pays('referee', fixed), a, b, o(buys)], ['x c o 9.00 EUR'], []],
    ['gets nothing without a customer', [pays('referee', half), a, o()], [], ['x o: customer-unknown']],
    [
      'gets nothing without a customer, even if the visitor is linked to one',
      [pays('referee', half), linked('v', 'c', { at: '01-02' }), a, o()],
      [],
      ['x o: customer-unknown'],
    ],
    ['gets nothing where nobody is credited', [pays('referee', half), o(buys)], [], ['x o: no-touch']],
    [
      'gets nothing where all touches are excluded',
      [pays('referee', fixed), a, suspended('anna', { at: '01-06' }), o(buys)],
      [],
      ['x o: no-touch'],
    ],
  ])('%s', (_, story, rewards, unpaid) => {
    given(...story).stands({ rewards, unpaid })
  })

  it('has the role in its row', () => {
    given(pays('referee', half), a).when(o(buys)).thenIn('rewards', {
      beneficiary_id: 'c',
      role: 'referee',
      reward_id: 'x:conversion:o:referee:c',
      amount: '5.00',
    })
  })
})

describe('an upline', () => {
  const under = (parent: string): Profile => ({ parentAdvocateId: parent })
  const dora = { anna: under('dora'), bert: under('dora'), carl: under('emil') }

  it.each<[string, Story, string[], string[]]>([
    [
      'gets a percentage of what is credited to its child',
      [pays('upline', half, { anna: under('bert') }), a, o()],
      ['x bert o 5.00 EUR'],
      [],
    ],
    // 10.00 splits into 3.34, 3.33 and 3.33; a half of 6.67 is 3.335.
    [
      'gets it of its children’s together, rounded once',
      [pays('upline', half, dora), a, b, c, o()],
      ['x dora o 3.34 EUR', 'x emil o 1.67 EUR'],
      [],
    ],
    [
      'gets a fixed amount by its children’s weights',
      [pays('upline', fixed, dora), a, b, c, o()],
      ['x dora o 6.00 EUR', 'x emil o 3.00 EUR'],
      [],
    ],
    [
      'is the direct parent, never further',
      [pays('upline', half, { anna: under('bert'), bert: under('carl') }), a, o()],
      ['x bert o 5.00 EUR'],
      [],
    ],
    ['is nobody without a parent', [pays('upline', half), a, o()], [], ['x o: no-parent']],
    [
      'leaves the share of one without a parent to nobody',
      [pays('upline', fixed, { anna: under('dora') }), a, b, c, o()],
      ['x dora o 3.00 EUR'],
      ['x o: no-parent'],
    ],
    [
      'need not be enrolled',
      [pays('upline', half, { anna: under('somebody') }), a, o()],
      ['x somebody o 5.00 EUR'],
      [],
    ],
    [
      'may be in the path itself',
      [pays('upline', half, { anna: under('bert') }), a, b, o()],
      ['x bert o 2.50 EUR'],
      ['x o: no-parent'],
    ],
    [
      'suspended at the conversion’s time gets nothing',
      [pays('upline', half, { anna: under('dora') }), a, suspended('dora', { at: '01-10' }), o()],
      [],
      ['x o: beneficiary-suspended'],
    ],
    [
      'suspended later keeps it',
      [pays('upline', half, { anna: under('dora') }), a, suspended('dora', { at: '01-10 00:00:00.001' }), o()],
      ['x dora o 5.00 EUR'],
      [],
    ],
    [
      'suspended leaves its share to nobody',
      [pays('upline', fixed, dora), a, b, c, suspended('dora', { at: '01-09' }), o()],
      ['x emil o 3.00 EUR'],
      ['x o: beneficiary-suspended'],
    ],
    [
      'is as of the conversion’s time',
      [pays('upline', half, dora), a, updated('anna', { at: '01-10 00:00:00.001', ...under('emil') }), o()],
      ['x dora o 5.00 EUR'],
      [],
    ],
    [
      'is as last updated by then',
      [pays('upline', half, dora), a, updated('anna', { at: '01-10', ...under('emil') }), o()],
      ['x emil o 5.00 EUR'],
      [],
    ],
    ['gets nothing where nobody is credited', [pays('upline', half, dora), o()], [], ['x o: no-touch']],
  ])('%s', (_, story, rewards, unpaid) => {
    given(...story).stands({ rewards, unpaid })
  })

  it('changes with what is said of the child later, of a time before', () => {
    given(pays('upline', half, dora), a, o())
      .when(updated('anna', { at: '01-09', ...under('emil') }))
      .thenIn(
        'rewards',
        { beneficiary_id: 'dora', role: 'upline', amount: '-5.00', entry: 'reversed' },
        { beneficiary_id: 'emil', role: 'upline', amount: '5.00', entry: 'accrued' },
      )
  })

  it('holds before it was first said, if the child enrolled after the conversion', () => {
    const story = [
      terms({ at: '01-01', rewards: [rule('x', { to: 'upline', amount: half })] }),
      issued('ANNA', 'anna', { at: '01-01' }),
      a,
      o(),
    ]
    given(...story, enrolled('anna', { at: '02-01', ...under('dora') })).stands({ rewards: ['x dora o 5.00 EUR'] })
    given(...story, enrolled('anna', { at: '01-02' }), updated('anna', { at: '02-01', ...under('dora') })).stands({
      rewards: [],
      unpaid: ['x o: no-parent'],
    })
  })

  it('changes with a suspension that comes late', () => {
    given(pays('upline', half, dora), a, o())
      .when(suspended('dora', { at: '01-09' }))
      .thenIn('rewards', { beneficiary_id: 'dora', amount: '-5.00', entry: 'reversed' })
  })

  it('is told of a signup too', () => {
    const rewards = [rule('x', { to: 'upline', trigger: 'signup', amount: fixed })]
    given(program({ rewards }, dora), signup('c', { at: '01-05', code: 'ANNA', id: 's' })).stands({
      rewards: ['x dora s 9.00 EUR'],
      unpaid: [],
    })
  })
})

describe('several rules', () => {
  it('each pay, in the order of the terms, their beneficiaries in the order of their first touches', () => {
    const rewards = [
      rule('b', { to: 'referee', amount: { fixed: '1.00' } }),
      rule('a', { amount: { percent: '10' } }),
      rule('c', { to: 'upline', amount: { percent: '10' } }),
    ]
    const story = program({ attribution: { rewardBy: 'linear' }, rewards }, { carl: { parentAdvocateId: 'dora' } })
    given(story, c, k('BERT', '01-04', 'b'))
      .when(o({ customerId: 'cust' }))
      .thenIn(
        'rewards',
        { rule_id: 'b', role: 'referee', beneficiary_id: 'cust', amount: '1.00' },
        { rule_id: 'a', role: 'advocate', beneficiary_id: 'bert', amount: '0.50' },
        { rule_id: 'a', role: 'advocate', beneficiary_id: 'carl', amount: '0.50' },
        { rule_id: 'c', role: 'upline', beneficiary_id: 'dora', amount: '0.50' },
      )
  })
})

import { describe, it } from 'vitest'
import { given } from './given.ts'
import { click, conversion, program, type Terms, type Told } from './story.ts'

const codes = ['ANNA', 'BERT', 'CARL']
/** Clicks k1, k2 … at these times, of ANNA, BERT, CARL, ANNA … */
const clicks = (...times: string[]): Told[] =>
  times.map((at, index) => click('v', codes[index % 3] ?? 'ANNA', { at, id: `k${index + 1}` }))
const o = (amount: string, at = '01-10') => conversion('o', amount, { at, visitorId: 'v' })

/** The credits of one model as 'TOUCH CREDIT AMOUNT CURRENCY'. */
const under = (model: string, ...parts: string[]) => parts.map((part) => `o ${model} ${part}`)

const all = (amount: string, times: string[], attribution: Terms['attribution'] = {}) =>
  given(program({ attribution }), ...clicks(...times), o(amount))

describe('the five models', () => {
  it('give one touch the whole', () => {
    all('10.00 EUR', ['01-05']).stands({
      credits: ['first-touch', 'last-touch', 'linear', 'position-based', 'time-decay'].flatMap((model) =>
        under(model, 'k1 1.000000000 10.00 EUR'),
      ),
    })
  })

  it('divide by two touches a half-life apart', () => {
    all('10.00 EUR', ['01-02', '01-09']).stands({
      credits: [
        ...under('first-touch', 'k1 1.000000000 10.00 EUR'),
        ...under('last-touch', 'k2 1.000000000 10.00 EUR'),
        ...under('linear', 'k1 0.500000000 5.00 EUR', 'k2 0.500000000 5.00 EUR'),
        ...under('position-based', 'k1 0.500000000 5.00 EUR', 'k2 0.500000000 5.00 EUR'),
        // 1/2 to 1, so a third to two thirds.
        ...under('time-decay', 'k1 0.333333333 3.33 EUR', 'k2 0.666666667 6.67 EUR'),
      ],
    })
  })

  it('divide by four touches, the odd cent to the largest remainder, ties to the earlier', () => {
    // Ages of 14, 7, 7 and 0 days before the newest: weights 1/4, 1/2, 1/2 and 1, so 1/9, 2/9, 2/9 and 4/9.
    given(program(), ...clicks('01-01', '01-08', '01-08', '01-15'), o('100.00 EUR', '01-15')).stands({
      credits: [
        ...under('first-touch', 'k1 1.000000000 100.00 EUR'),
        ...under('last-touch', 'k4 1.000000000 100.00 EUR'),
        ...under(
          'linear',
          'k1 0.250000000 25.00 EUR',
          'k2 0.250000000 25.00 EUR',
          'k3 0.250000000 25.00 EUR',
          'k4 0.250000000 25.00 EUR',
        ),
        ...under(
          'position-based',
          'k1 0.400000000 40.00 EUR',
          'k2 0.100000000 10.00 EUR',
          'k3 0.100000000 10.00 EUR',
          'k4 0.400000000 40.00 EUR',
        ),
        // 11.11, 22.22, 22.22 and 44.44 leave a cent for the largest remainder, which is that of 4/9.
        ...under(
          'time-decay',
          'k1 0.111111111 11.11 EUR',
          'k2 0.222222222 22.22 EUR',
          'k3 0.222222222 22.22 EUR',
          'k4 0.444444445 44.45 EUR',
        ),
      ],
    })
  })

  it.each<[string, string, string[], string[]]>([
    ['a cent', '0.01 EUR', ['01-05', '01-06'], ['k1 0.500000000 0.01 EUR', 'k2 0.500000000 0.00 EUR']],
    ['nothing', '0.00 EUR', ['01-05', '01-06'], ['k1 0.500000000 0.00 EUR', 'k2 0.500000000 0.00 EUR']],
    [
      'two cents among three',
      '0.02 EUR',
      ['01-05', '01-06', '01-07'],
      ['k1 0.333333334 0.01 EUR', 'k2 0.333333333 0.01 EUR', 'k3 0.333333333 0.00 EUR'],
    ],
    [
      'a hundred yen, which have no cents',
      '100 JPY',
      ['01-05', '01-06', '01-07'],
      ['k1 0.333333334 34 JPY', 'k2 0.333333333 33 JPY', 'k3 0.333333333 33 JPY'],
    ],
    [
      'a dinar of a thousand fils',
      '1.000 KWD',
      ['01-05', '01-06', '01-07'],
      ['k1 0.333333334 0.334 KWD', 'k2 0.333333333 0.333 KWD', 'k3 0.333333333 0.333 KWD'],
    ],
  ])('divide evenly: %s', (_, amount, times, parts) => {
    given(program(), ...clicks(...times))
      .when(o(amount))
      .thenIn(
        'attributions',
        ...['first-touch', 'last-touch'].map((model) => ({ model })),
        ...parts.map((part) => {
          const [touch, credit, value, currency] = part.split(' ')
          return { model: 'linear', touch_id: `click:app:${touch}`, credit, amount: value, currency }
        }),
        ...parts.map(() => ({ model: 'position-based' })),
        ...parts.map(() => ({ model: 'time-decay' })),
      )
  })
})

describe('the position-based model', () => {
  const positions = (first: number, last: number, ...parts: string[]) => ({
    attribution: { positionBased: { first, last } },
    parts: under('position-based', ...parts),
  })

  it.each([
    positions(0.4, 0.4, 'k1 0.400000000 4.00 EUR', 'k2 0.200000000 2.00 EUR', 'k3 0.400000000 4.00 EUR'),
    positions(0.3, 0.6, 'k1 0.300000000 3.00 EUR', 'k2 0.100000000 1.00 EUR', 'k3 0.600000000 6.00 EUR'),
    positions(0.333, 0.25, 'k1 0.333000000 3.33 EUR', 'k2 0.417000000 4.17 EUR', 'k3 0.250000000 2.50 EUR'),
    positions(0.5, 0.5, 'k1 0.500000000 5.00 EUR', 'k3 0.500000000 5.00 EUR'),
    positions(0, 0, 'k2 1.000000000 10.00 EUR'),
    positions(1, 0, 'k1 1.000000000 10.00 EUR'),
  ])('gives first and last what the terms say, and the rest to the middle: $attribution', ({ attribution, parts }) => {
    const three = { first: ['k1'], last: ['k3'], even: ['k1', 'k2', 'k3'] }
    const wanted = [
      ...under('first-touch', ...three.first.map((touch) => `${touch} 1.000000000 10.00 EUR`)),
      ...under('last-touch', ...three.last.map((touch) => `${touch} 1.000000000 10.00 EUR`)),
      ...under('linear', 'k1 0.333333334 3.34 EUR', 'k2 0.333333333 3.33 EUR', 'k3 0.333333333 3.33 EUR'),
      ...parts,
      ...under('time-decay', 'k1 0.333333334 3.34 EUR', 'k2 0.333333333 3.33 EUR', 'k3 0.333333333 3.33 EUR'),
    ]
    all('10.00 EUR', ['01-05', '01-05', '01-05'], attribution).stands({ credits: wanted })
  })

  it('divides the middle evenly among several', () => {
    given(program(), ...clicks('01-05', '01-05', '01-05', '01-05', '01-05'))
      .when(o('10.00 EUR'))
      .thenIn(
        'attributions',
        { model: 'first-touch' },
        { model: 'last-touch' },
        ...Array.from({ length: 5 }, () => ({ model: 'linear', credit: '0.200000000' })),
        { model: 'position-based', credit: '0.400000000', amount: '4.00' },
        // A fifth of ten euros by three: 66 cents each and two left over, for the first and second of equals.
        { model: 'position-based', credit: '0.066666667', amount: '0.67' },
        { model: 'position-based', credit: '0.066666667', amount: '0.67' },
        { model: 'position-based', credit: '0.066666666', amount: '0.66' },
        { model: 'position-based', credit: '0.400000000', amount: '4.00' },
        ...Array.from({ length: 5 }, () => ({ model: 'time-decay', credit: '0.200000000' })),
      )
  })

  it.each<[string, Record<string, number>]>([
    ['shares that say otherwise', { first: 0.9, last: 0.1 }],
    ['nothing for either', { first: 0, last: 0 }],
  ])('gives two touches half each, despite %s', (_, positionBased) => {
    all('10.00 EUR', ['01-05', '01-05'], { positionBased }).stands({
      credits: [
        ...under('first-touch', 'k1 1.000000000 10.00 EUR'),
        ...under('last-touch', 'k2 1.000000000 10.00 EUR'),
        ...['linear', 'position-based', 'time-decay'].flatMap((model) =>
          under(model, 'k1 0.500000000 5.00 EUR', 'k2 0.500000000 5.00 EUR'),
        ),
      ],
    })
  })
})

describe('time decay', () => {
  const decay = (halfLife: string, times: string[], ...parts: Record<string, string>[]) =>
    given(program({ attribution: { timeDecay: { halfLife } } }), ...clicks(...times))
      .when(o('10.00 EUR', '01-20'))
      .thenIn(
        'attributions',
        { model: 'first-touch' },
        { model: 'last-touch' },
        ...times.map(() => ({ model: 'linear' })),
        ...(times.length === 2 ? times.map(() => ({ model: 'position-based' })) : []),
        ...parts.map((part) => ({ model: 'time-decay', ...part })),
      )

  it('goes by the half-life of the terms', () => {
    decay(
      '1h',
      ['01-05 10:00', '01-05 12:00'],
      { credit: '0.200000000', amount: '2.00' },
      { credit: '0.800000000', amount: '8.00' },
    )
  })

  it('weighs against the newest touch, not against the conversion', () => {
    decay('1d', ['01-05', '01-05'], { credit: '0.500000000' }, { credit: '0.500000000' })
  })

  it('rounds weights to a billionth of the newest before anything else', () => {
    // Thirty half-lives leave 0.93 of a billionth, which rounds to one: 1 of 1,000,000,001.
    decay(
      '1h',
      ['01-05 00:00', '01-06 06:00'],
      { credit: '0.000000001', amount: '0.00' },
      { credit: '0.999999999', amount: '10.00' },
    )
  })

  it('has no row for a touch that weighs nothing', () => {
    // Thirty-one leave 0.47 of a billionth, which rounds to none.
    decay('1h', ['01-05 00:00', '01-06 07:00'], { touch_id: 'click:app:k2', credit: '1.000000000', amount: '10.00' })
  })

  it('is relative to the newest touch that counts', () => {
    given(program({ attribution: { timeDecay: { halfLife: '1d' } } }), ...clicks('01-05', '01-06'))
      .when(click('v', 'NOBODY', { at: '01-09', id: 'x' }), o('9.00 EUR', '01-10'))
      .stands({
        credits: [
          ...under('first-touch', 'k1 1.000000000 9.00 EUR'),
          ...under('last-touch', 'k2 1.000000000 9.00 EUR'),
          ...under('linear', 'k1 0.500000000 4.50 EUR', 'k2 0.500000000 4.50 EUR'),
          ...under('position-based', 'k1 0.500000000 4.50 EUR', 'k2 0.500000000 4.50 EUR'),
          ...under('time-decay', 'k1 0.333333333 3.00 EUR', 'k2 0.666666667 6.00 EUR'),
        ],
      })
  })
})

describe('rewardBy', () => {
  it.each<[string, string[]]>([
    ['first-touch', ['ten anna o 1.00 EUR']],
    ['last-touch', ['ten carl o 1.00 EUR']],
    ['linear', ['ten anna o 0.33 EUR', 'ten bert o 0.33 EUR', 'ten carl o 0.33 EUR']],
    ['position-based', ['ten anna o 0.40 EUR', 'ten bert o 0.20 EUR', 'ten carl o 0.40 EUR']],
    // Half-lives of 2, 1 and 0: 1/7, 2/7 and 4/7 of ten euros, of which a tenth: 1.43, 2.86 and 5.71.
    ['time-decay', ['ten anna o 0.14 EUR', 'ten bert o 0.29 EUR', 'ten carl o 0.57 EUR']],
  ])('%s is the model whose credit is paid', (rewardBy, rewards) => {
    const ten = { ruleId: 'ten', trigger: 'conversion', to: 'advocate', amount: { percent: '10' } }
    const attribution = { rewardBy, timeDecay: { halfLife: '1d' } }
    given(program({ attribution, rewards: [ten] }), ...clicks('01-05', '01-06', '01-07'), o('10.00 EUR')).stands({
      rewards,
    })
  })
})

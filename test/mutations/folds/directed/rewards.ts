import type { PlainEvent, Rule } from '../../../../packages/testing/src/index.ts'
import {
  amended,
  click,
  conversion,
  type DraftTerms,
  day,
  enrolled,
  granted,
  issued,
  linked,
  program,
  refund,
  share,
  signup,
  suspended,
  terms,
  updated,
} from '../../../../packages/testing/src/oracle/story.ts'

const ten: Rule = { ruleId: 'ten', trigger: 'conversion', to: 'advocate', amount: { percent: '10' } }
const up: Rule = { ...ten, ruleId: 'up', to: 'upline' }
const linear = (...rewards: readonly Rule[]): DraftTerms => ({ rewards, attribution: { rewardBy: 'linear' } })

const k = click('k', day(5), 'A')
const buys = (id: string, time: number, amount: string, who = {}): PlainEvent =>
  conversion(id, time, amount, { visitorId: 'v', ...who })

/** As three advocates, of whom A and B are the children of C. */
const family = (draft: DraftTerms): PlainEvent[] =>
  program(draft, { A: { parentAdvocateId: 'P' }, B: { parentAdvocateId: 'P' } }).concat(enrolled('P'))

/** Caps, tiers, parents and terms that follow one another. */
export const rewardStories: Readonly<Record<string, readonly PlainEvent[]>> = {
  'rewards that grow into what room is left': [
    ...program({ rewards: [{ ...ten, caps: { perAdvocate: { amount: '8.00' } } }] }),
    k,
    buys('o', day(10), '30.00 EUR'),
    buys('p', day(11), '20.00 EUR'),
    amended('m1', day(12), 'o', '59.90 EUR'),
    amended('m2', day(13), 'o', '90.00 EUR'),
    amended('m3', day(14), 'p', '90.00 EUR'),
    refund('r', day(15), 'o', '89.00 EUR'),
    amended('m4', day(16), 'p', '95.00 EUR'),
  ],
  'terms that leave less room than is taken': [
    ...program({ rewards: [{ ...ten, caps: { perAdvocate: { amount: '10.00' } } }] }),
    k,
    buys('o', day(10), '60.00 EUR'),
    terms({ rewards: [{ ...ten, caps: { perAdvocate: { amount: '2.00' } } }] }, day(9)),
    amended('m', day(12), 'o', '80.00 EUR'),
    buys('p', day(13), '80.00 EUR'),
  ],
  'terms that take in two links, with room for the purchase of one': [
    ...program({ rewards: [{ ...ten, caps: { perAdvocate: { amount: '1.00' } } }], attribution: { horizon: '2d' } }),
    click('k', day(3), 'A', 'w'),
    click('k1', day(3, 1), 'A', 'v'),
    conversion('o', day(4, 1), '10.00 EUR', { customerId: 'd' }),
    conversion('p', day(4), '10.00 EUR', { customerId: 'c' }),
    click('tick', day(10), 'B', 'x'),
    conversion('q', day(6), '1.00 EUR', { customerId: 'd', visitorId: 'w' }),
    conversion('r', day(6), '1.00 EUR', { customerId: 'c', visitorId: 'v' }),
    terms({ rewards: [ten], attribution: { horizon: '10d' } }, day(6)),
  ],
  'terms under which one purchase gives the room that another takes': [
    ...program({ rewards: [{ ...ten, caps: { perAdvocate: { amount: '10.00' } } }] }),
    k,
    buys('o', day(10), '60.00 EUR', { kind: 'purchase' }),
    buys('p', day(11), '60.00 EUR', { kind: 'renewal' }),
    terms(
      {
        rewards: [
          {
            ...ten,
            amount: { percent: '20' },
            when: { kinds: ['purchase'] },
            caps: { perAdvocate: { amount: '10.00' } },
          },
        ],
      },
      day(9),
    ),
  ],
  'terms that come after purchases, which came in another order than they were made': [
    ...program().slice(1),
    k,
    buys('p', day(11), '60.00 EUR'),
    buys('o', day(10), '60.00 EUR'),
    terms({ rewards: [{ ...ten, caps: { perAdvocate: { amount: '10.00' } } }] }),
  ],
  'a code that comes after purchases, which came in another order than they were made': [
    ...program({ rewards: [{ ...ten, caps: { perAdvocate: { amount: '10.00' } } }] }),
    click('k', day(5), 'Z'),
    buys('a', day(11), '60.00 EUR'),
    buys('b', day(10), '60.00 EUR'),
    issued('Z', 'A'),
  ],
  'a link that brings a touch to two purchases, which came in another order than they were made': [
    ...program({ rewards: [{ ...ten, caps: { perAdvocate: { amount: '1.00' } } }] }),
    click('k', day(3), 'A', 'v'),
    linked('l', day(4), 'w', 'c'),
    conversion('o', day(11), '10.00 EUR', { customerId: 'c' }),
    conversion('p', day(10), '10.00 EUR', { visitorId: 'w' }),
    linked('m', day(12), 'v', 'c'),
  ],
  'a month that ends': [
    ...program({
      rewards: [
        { ...ten, caps: { perAdvocate: { amount: '5.00', per: 'month' } } },
        {
          ...ten,
          ruleId: 'steps',
          amount: {
            tiers: {
              by: 'conversions',
              per: 'month',
              steps: [
                { from: 0, percent: '5' },
                { from: 1, percent: '8' },
              ],
            },
          },
        },
      ],
    }),
    click('k', day(25), 'A'),
    buys('o', day(31), '40.00 EUR'),
    buys('p', day(31, 84_600_000), '40.00 EUR'),
    buys('q', day(32), '40.00 EUR'),
    buys('r', day(32, 1_800_000), '40.00 EUR'),
  ],
  'a program that changes its currency over what it has paid': [
    ...program({ rewards: [{ ...ten, caps: { perProgram: { amount: '5.00' } } }] }),
    k,
    buys('n', day(9), '40.00 EUR'),
    buys('o', day(12), '5.00 EUR', { fxRate: '2' }),
    terms({ currency: 'USD', rewards: [{ ...ten, caps: { perProgram: { amount: '5.00' } } }] }, day(11)),
    buys('p', day(13), '30.00 USD', { fxRate: '2' }),
  ],
  'conditions that say nothing of what is not said': [
    ...program({
      rewards: [
        { ...ten, ruleId: 'kind', when: { kinds: ['purchase'] } },
        { ...ten, ruleId: 'country', when: { countries: ['DE'] } },
        {
          ...ten,
          ruleId: 'all',
          when: { kinds: ['lead'], countries: ['FR'], categories: ['shoes'], minAmount: '50.00' },
        },
      ],
    }),
    k,
    buys('o', day(10), '40.00 EUR'),
    buys('p', day(11), '40.00 EUR', { kind: 'purchase', country: 'DE' }),
    buys('q', day(12), '50.00 EUR', { kind: 'lead', country: 'FR' }),
  ],
  'tiers that are new, and that count in another way': [
    ...program({ rewards: [ten] }),
    k,
    buys('n', day(10), '10.00 EUR'),
    terms(
      {
        rewards: [
          {
            ...ten,
            amount: {
              tiers: {
                by: 'conversions',
                steps: [
                  { from: 0, percent: '5' },
                  { from: 1, percent: '8' },
                ],
              },
            },
          },
        ],
      },
      day(11),
    ),
    buys('o', day(12), '10.00 EUR'),
    buys('p', day(13), '10.00 EUR'),
    terms(
      {
        rewards: [
          {
            ...ten,
            amount: {
              tiers: {
                by: 'conversions',
                per: 'month',
                steps: [
                  { from: 0, percent: '4' },
                  { from: 1, percent: '20' },
                ],
              },
            },
          },
        ],
      },
      day(13),
    ),
    buys('q', day(14), '10.00 EUR'),
  ],
  'tiers that go on under other terms': [
    ...program({
      rewards: [
        {
          ...ten,
          amount: {
            tiers: {
              by: 'conversions',
              steps: [
                { from: 0, percent: '5' },
                { from: 1, percent: '8' },
                { from: 2, percent: '20' },
              ],
            },
          },
        },
      ],
    }),
    k,
    buys('n', day(10), '10.00 EUR'),
    buys('o', day(11), '10.00 EUR'),
    terms(
      {
        holdDays: 3,
        rewards: [
          {
            ...ten,
            amount: {
              tiers: {
                by: 'conversions',
                steps: [
                  { from: 0, percent: '5' },
                  { from: 1, percent: '8' },
                  { from: 3, percent: '20' },
                ],
              },
            },
          },
        ],
      },
      day(9),
    ),
    buys('p', day(12), '10.00 EUR'),
  ],
  'two children of one parent, who is suspended later': [
    ...family(linear(up, { ...up, ruleId: 'gift', amount: { fixed: '3.00' } }, ten)),
    k,
    click('k2', day(6), 'B'),
    click('k3', day(7), 'C'),
    buys('o', day(10), '99.99 EUR'),
    suspended('P', day(9)),
  ],
  'a new parent, and one who is their own': [
    ...program(linear(up), { B: { parentAdvocateId: 'B' } }),
    enrolled('P'),
    k,
    click('k2', day(6), 'B'),
    buys('o', day(10), '100.00 EUR'),
    updated('A', day(4), { parentAdvocateId: 'P' }),
    updated('A', day(11), { parentAdvocateId: 'C' }),
  ],
  'parents of those who share, click and sign up, suspended later': [
    ...family({
      rewards: (['share', 'click', 'signup'] as const).flatMap((trigger): Rule[] => [
        { ruleId: `up-${trigger}`, trigger, to: 'upline', amount: { fixed: '1.00' } },
        { ruleId: `own-${trigger}`, trigger, to: 'advocate', amount: { fixed: '1.00' } },
      ]),
    }),
    k,
    share('h', day(5), 'A'),
    share('i', day(5), 'A', 'B'),
    signup('s', day(6), 'c', { visitorId: 'v' }),
    signup('t', day(6), 'd', { code: 'B' }),
    suspended('P', day(4)),
  ],
  'customers that are not known under caps per customer': [
    ...program({ rewards: [{ ...ten, caps: { perCustomer: { amount: '5.00', conversions: 1 } } }] }),
    k,
    buys('o', day(10), '100.00 EUR'),
    buys('p', day(11), '100.00 EUR'),
    buys('q', day(12), '100.00 EUR', { customerId: 'c' }),
    buys('r', day(13), '100.00 EUR', { customerId: 'c' }),
  ],
  'promises that only conversions could keep': [
    ...program({
      rewards: [
        { ruleId: 'percent', trigger: 'signup', to: 'advocate', amount: { percent: '10' } },
        { ruleId: 'fixed', trigger: 'signup', to: 'referee', amount: { fixed: '0.01' } },
      ],
    }),
    signup('s', day(6), 'c', { code: 'A' }),
    terms(
      { rewards: [{ ruleId: 'fixed', trigger: 'signup', to: 'referee', amount: { fixed: '0.02' } }], holdDays: 1 },
      day(5),
    ),
  ],
  'a new customer signs up, and one who is not': [
    ...program({
      rewards: [
        { ruleId: 's', trigger: 'signup', to: 'advocate', amount: { fixed: '1.00' }, when: { customer: 'new' } },
      ],
    }),
    k,
    signup('s', day(6), 'c', { code: 'A' }),
    buys('o', day(7), '1.00 EUR', { customerId: 'd' }),
    signup('t', day(8), 'd', { code: 'A' }),
  ],
  'a gift that waits for terms, which come twice': [
    granted('g', day(4), 'A', '5.00 EUR'),
    terms({}, day(3)),
    terms({ holdDays: 3 }, day(3, 1)),
    enrolled('A'),
    issued('A', 'A'),
    granted('later', day(4), 'A', '5.00 EUR', 'o'),
    buys('o', day(6), '1.00 EUR'),
  ],
}

import type { PlainEvent } from '../../../../packages/testing/src/index.ts'
import {
  amended,
  click,
  conversion,
  type DraftTerms,
  day,
  item,
  program,
  refund,
} from '../../../../packages/testing/src/oracle/story.ts'

const ofShoes: DraftTerms = {
  rewards: [
    {
      ruleId: 'ten',
      trigger: 'conversion',
      to: 'advocate',
      amount: { percent: '10' },
      when: { categories: ['shoes'] },
    },
    {
      ruleId: 'all',
      trigger: 'conversion',
      to: 'advocate',
      amount: { percent: '100' },
      when: { categories: ['shoes', 'hats'] },
    },
  ],
}
const one: DraftTerms = {
  attribution: { rewardBy: 'last-touch' },
  rewards: [{ ruleId: 'one', trigger: 'conversion', to: 'advocate', amount: { fixed: '1.00' } }],
}

const k = click('k', day(5), 'A')
const order = (id: string, amount: string, ...items: ReturnType<typeof item>[]): PlainEvent =>
  conversion(id, day(10), amount, { visitorId: 'v', ...(items.length > 0 ? { items } : {}) })

const unnamed = ({ sku, amount }: ReturnType<typeof item>) => ({ ...(sku === undefined ? {} : { sku }), amount })

/** Items, discounts and shipping; weights and amounts at their limits. */
export const amountStories: Readonly<Record<string, readonly PlainEvent[]>> = {
  'shoes, hats and shipping, given back one after the other': [
    ...program(ofShoes),
    k,
    order('a', '100.00 EUR', item('shoes', '60.00 EUR'), item('hats', '20.00 EUR')),
    refund('r1', day(11), 'a', '20.00 EUR', [item('hats', '20.00 EUR')]),
    refund('r2', day(12), 'a', '30.00 EUR', [unnamed(item('shoes', '30.00 EUR'))]),
    refund('r3', day(13), 'a', '25.00 EUR'),
    { ...refund('r4', day(14), 'a', '1.00 EUR', []) },
  ],
  'a discount, and more given back than there was': [
    ...program(ofShoes),
    k,
    order('a', '80.00 EUR', item('shoes', '60.00 EUR'), item('hats', '30.00 EUR')),
    refund('r1', day(11), 'a', '26.67 EUR', [item('hats', '30.00 EUR')]),
    order('b', '80.00 EUR', item('shoes', '60.00 EUR'), item('hats', '20.00 EUR')),
    refund('r2', day(11), 'b', '30.00 EUR', [item('hats', '45.00 EUR')]),
    order('c', '80.00 EUR', item('shoes', '80.00 EUR')),
    refund('r3', day(11), 'c', '40.00 EUR'),
  ],
  'a single cent of shoes': [
    ...program(ofShoes),
    k,
    order('a', '0.01 EUR', item('shoes', '0.01 EUR')),
    order('b', '100.00 EUR', item('shoes', '0.01 EUR'), item('bags', '99.99 EUR')),
    order('c', '100.00 EUR', item('bags', '100.00 EUR')),
    order('d', '0.02 EUR', item('shoes', '0.01 EUR'), item('hats', '0.01 EUR')),
  ],
  'amendments that say other items, none, or another currency': [
    ...program(ofShoes),
    k,
    order('a', '100.00 EUR', item('shoes', '50.00 EUR'), item('bags', '50.00 EUR')),
    amended('m1', day(11), 'a', '90.00 EUR', [item('shoes', '80.00 EUR'), item('bags', '10.00 EUR')]),
    amended('m2', day(12), 'a', '90.00 EUR', [item('shoes', '20.00 EUR'), item('bags', '70.00 EUR')]),
    amended('m3', day(13), 'a', '80.00 EUR'),
    amended('m4', day(14), 'a', '80.00 USD', [item('shoes', '80.00 USD')]),
  ],
  'one cent, all of it given back': [
    ...program(one),
    k,
    order('a', '0.01 EUR'),
    refund('r', day(11), 'a', '0.01 EUR'),
    order('b', '0.00 EUR'),
    amended('m', day(12), 'b', '0.01 EUR'),
    refund('s', day(13), 'b', '0.01 EUR'),
    order('c', '0.01 EUR'),
    amended('n', day(13), 'c', '0.00 EUR'),
  ],
  'touches that weigh next to nothing': [
    ...program({ ...one, attribution: { timeDecay: { halfLife: '1h' } } }),
    click('old', day(8, 3_600_000 * 18), 'A'),
    click('new1', day(10), 'B'),
    click('new2', day(10), 'C'),
    order('big', '100000000000.00 EUR'),
    order('small', '0.02 EUR'),
    order('middle', '22000000.00 EUR'),
    click('older', day(8, 3_600_000 * 17.9), 'B', 'w'),
    click('newer', day(10), 'C', 'w'),
    conversion('tiny', day(10), '0.01 EUR', { visitorId: 'w' }),
  ],
}

import { describe, expect, it } from 'vitest'
import { compareRatio, type Ratio } from '../decimal.ts'
import { categoryShare, type Item, type ItemRefund } from './items.ts'

const eur = (value: string) => ({ value, currency: 'EUR' })
const item = (sku: string, value: string, category?: string): Item => ({ sku, amount: eur(value), category })
const refund = (value: string, ...items: Item[]): ItemRefund => ({ amount: eur(value), items })
const shoe = (value: string) => item('shoe', value, 'shoes')
const hat = (value: string) => item('hat', value, 'hats')

const ratio = (num: bigint, den: bigint): Ratio => ({ num, den })

describe('the share of a category', () => {
  it.each<[string, bigint, Item[], ItemRefund[], Ratio]>([
    ['is that of its items in the whole', 10000n, [shoe('60.00'), hat('40.00')], [], ratio(3n, 5n)],
    ['is of the amount, so that shipping is in no category', 10000n, [shoe('60.00')], [], ratio(3n, 5n)],
    ['is of the items where these come to more', 10000n, [shoe('75.00'), hat('50.00')], [], ratio(3n, 5n)],
    ['may be all', 10000n, [shoe('100.00')], [], ratio(1n, 1n)],
    ['may be all of items that come to more', 10000n, [shoe('150.00')], [], ratio(1n, 1n)],
    ['is none without items', 10000n, [], [], ratio(0n, 1n)],
    ['is none without matching items', 10000n, [hat('100.00')], [], ratio(0n, 1n)],
    ['is none of nothing', 0n, [shoe('0.00')], [], ratio(0n, 1n)],
    [
      'adds up the matching items',
      10000n,
      [shoe('10.00'), shoe('20.00'), item('b', '30.00', 'boots')],
      [],
      ratio(3n, 5n),
    ],
    ['knows no category of items without one', 10000n, [item('shoe', '60.00')], [], ratio(0n, 1n)],
    [
      'is not changed by a refund without items',
      10000n,
      [shoe('60.00'), hat('40.00')],
      [refund('50.00')],
      ratio(3n, 5n),
    ],
    [
      'is less by a refund of matching items',
      10000n,
      [shoe('60.00'), hat('40.00')],
      [refund('20.00', shoe('20.00'))],
      ratio(4n, 8n),
    ],
    [
      'is more by a refund of other items',
      10000n,
      [shoe('60.00'), hat('40.00')],
      [refund('40.00', hat('40.00'))],
      ratio(1n, 1n),
    ],
    [
      'is all where a discounted order keeps matching items alone',
      10000n,
      [shoe('75.00'), hat('50.00')],
      [refund('40.00', hat('50.00'))],
      ratio(1n, 1n),
    ],
    [
      'finds a refunded item by its sku',
      10000n,
      [shoe('60.00'), hat('40.00')],
      [refund('20.00', item('shoe', '20.00'))],
      ratio(1n, 2n),
    ],
    [
      'takes the category that the refund names before the one of its sku',
      10000n,
      [shoe('60.00'), hat('40.00')],
      [refund('20.00', item('shoe', '20.00', 'hats'))],
      ratio(3n, 4n),
    ],
    [
      'is none once all of it is refunded',
      10000n,
      [shoe('60.00'), hat('40.00')],
      [refund('60.00', shoe('60.00'))],
      ratio(0n, 1n),
    ],
    [
      'is none once more of it is refunded',
      10000n,
      [shoe('60.00'), hat('40.00')],
      [refund('80.00', shoe('80.00'))],
      ratio(0n, 1n),
    ],
    [
      'is none once everything is refunded',
      10000n,
      [shoe('60.00'), hat('40.00')],
      [refund('100.00', shoe('60.00'), hat('40.00'))],
      ratio(0n, 1n),
    ],
    [
      'takes the whole refund away, also what is not in its items',
      10000n,
      [shoe('60.00'), hat('20.00')],
      [refund('40.00', shoe('30.00'))],
      ratio(1n, 2n),
    ],
  ])('%s', (_, grossMinor, items, refunds, expected) => {
    const share = categoryShare(grossMinor, items, refunds, new Set(['shoes', 'boots']))
    expect(compareRatio(share, expected), `${share.num}/${share.den}`).toBe(0)
  })
})

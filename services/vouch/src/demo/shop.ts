import { type DataOf, formatMinor, type MoneyJson } from '@vouch/domain'
import type { Random } from './random.ts'

interface Product {
  readonly sku: string
  readonly category: 'tea' | 'ware' | 'gift'
  readonly cents: number
}

/** A made-up tea shop. Prices in euro cents. */
const products: readonly [Product, ...Product[]] = [
  { sku: 'sencha', category: 'tea', cents: 1290 },
  { sku: 'assam', category: 'tea', cents: 980 },
  { sku: 'rooibos', category: 'tea', cents: 750 },
  { sku: 'white-peony', category: 'tea', cents: 2400 },
  { sku: 'pot-small', category: 'ware', cents: 3400 },
  { sku: 'pot-large', category: 'ware', cents: 5800 },
  { sku: 'cups-2', category: 'ware', cents: 1900 },
  { sku: 'gift-box', category: 'gift', cents: 4500 },
  { sku: 'tasting-set', category: 'gift', cents: 2990 },
]

const shippingCents = 490
const freeShippingFromCents = 4000

/** Where a customer lives and pays. */
export interface Market {
  readonly weight: number
  readonly country: string
  readonly currency: string
  /** Minor units that the shop asks for 100 euro cents. */
  readonly minorPer100: number
  /** Euro for one unit on the first day and its change a day, in millionths. Absent: the shop gives no rate. */
  readonly rate?: { readonly firstE6: number; readonly dailyE6: number }
}

export const home = { weight: 52, country: 'DE', currency: 'EUR', minorPer100: 100 } as const satisfies Market

export const markets: readonly [Market, ...Market[]] = [
  home,
  { ...home, weight: 18, country: 'FR' },
  { ...home, weight: 10, country: 'NL' },
  { weight: 11, country: 'GB', currency: 'GBP', minorPer100: 87, rate: { firstE6: 1_146_000, dailyE6: 150 } },
  { weight: 5, country: 'JP', currency: 'JPY', minorPer100: 164, rate: { firstE6: 6_100, dailyE6: 3 } },
  { weight: 4, country: 'CH', currency: 'CHF', minorPer100: 96 },
]

export const money = (minor: bigint, currency: string): MoneyJson => ({ value: formatMinor(minor, currency), currency })

export const euro = (cents: number): MoneyJson => money(BigInt(cents), 'EUR')

/** A price that the shop thinks of in euro cents, in minor units of a market's currency. */
export const priceIn = ({ minorPer100 }: Market, cents: number): bigint =>
  (BigInt(cents) * BigInt(minorPer100) + 50n) / 100n

/** Euro for one unit of a market's currency, or nothing where the shop gives no rate or needs none. */
export function rateOn({ rate }: Market, dayNumber: number): string | undefined {
  if (!rate) return undefined
  const millionths = String(rate.firstE6 + rate.dailyE6 * dayNumber).padStart(7, '0')
  return `${millionths.slice(0, -6)}.${millionths.slice(-6)}`
}

type Item = NonNullable<DataOf<'vouch.conversion.v1'>['items']>[number]

export interface Basket {
  readonly items: readonly [Item, ...Item[]]
  /** The whole order with shipping, in minor units of the market's currency. */
  readonly minor: bigint
}

export function fillBasket(random: Random, market: Market): Basket {
  let minor = 0n
  let goodsCents = 0
  const add = (): Item => {
    const { sku, category, cents } = random.pick(products)
    const quantity = random.chance(70) ? 1 : random.between(2, 3)
    const price = priceIn(market, cents) * BigInt(quantity)
    minor += price
    goodsCents += cents * quantity
    return { sku, category, quantity, amount: money(price, market.currency) }
  }
  const items: [Item, ...Item[]] = [add()]
  for (let more = random.between(0, 2); more > 0; more--) items.push(add())
  if (goodsCents < freeShippingFromCents) minor += priceIn(market, shippingCents)
  return { items, minor }
}

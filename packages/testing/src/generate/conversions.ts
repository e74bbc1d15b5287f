import { digitsOf } from '../oracle/exact.ts'
import type { Item, PlainEvent } from '../oracle/log.ts'
import type { Cast } from './cast.ts'
import type { Random } from './random.ts'
import type { Stage, Told } from './stage.ts'

/** Units of the program's currency for one of each, per program currency; whoever is not here has no rate. */
const rates: Readonly<Record<string, string>> = { EUR: '1.1', USD: '0.923456', JPY: '0.0061', KWD: '2.9875' }

/** A conversion with at least one of customer, visitor and coupon. */
export function randomConversion(
  stage: Stage,
  cast: Cast,
  told: Told,
  { time, coupon }: { time: number; coupon: string | undefined },
): PlainEvent {
  const { random, options, leaning, programId, versions } = stage
  const ours = versions[0]?.currency ?? 'EUR'
  const currency = options.currencies && random.chance(0.3) ? random.pick(['USD', 'JPY', 'KWD', 'EUR']) : ours
  const anonymous = options.anonymous && random.chance(0.3)
  const withVisitor = anonymous ? coupon === undefined || random.chance(0.7) : random.chance(0.6)
  const minor = randomMinor(random, currency)
  // In the program's own currency a rate says nothing.
  const rate = options.currencies && random.chance(currency === ours ? 0.1 : 0.75) ? rates[currency] : undefined
  return stage.event('conversion', time, {
    programId,
    conversionId: `o${told.conversions().length + 1}`,
    amount: money(minor, currency),
    ...(anonymous ? {} : { customerId: random.early(cast.customers) }),
    ...(withVisitor ? { visitorId: random.early(cast.visitors) } : {}),
    ...(coupon === undefined ? {} : { code: coupon }),
    ...(random.chance(0.7) ? { kind: random.early(['purchase', 'subscription', 'renewal', 'lead']) } : {}),
    ...(random.chance(0.6) ? { country: random.pick(['DE', 'FR', 'US']) } : {}),
    ...(options.items && minor > 3n && random.chance(leaning === 'items' ? 0.9 : 0.4)
      ? { items: randomItems(random, minor, currency) }
      : {}),
    ...(rate === undefined ? {} : { fxRate: rate }),
  })
}

/** A refund or an amendment, mostly of a conversion that is known. */
export function randomCorrection(stage: Stage, _cast: Cast, told: Told, time: number): PlainEvent | undefined {
  const { random, options, programId } = stage
  const withItems = told.conversions().filter(({ data }) => 'items' in data)
  const conversion = random.any(random.chance(0.5) ? withItems : []) ?? random.any(told.conversions())
  const conversionId = conversion?.data.conversionId ?? 'o1'
  const foreign = options.foreignCorrections && random.chance(0.1)
  const of = conversion?.data.amount as { value: string; currency: string } | undefined
  const currency = foreign ? random.pick(['CHF', 'GBP']) : (of?.currency ?? 'EUR')
  const gross = of === undefined || foreign ? 1000n : BigInt(of.value.replace('.', ''))
  if (options.amendments && (!options.refunds || random.chance(0.3))) {
    const minor = random.pick([gross / 2n, gross * 2n, gross + 1n, 0n, randomMinor(random, currency)])
    const items =
      options.items && minor > 3n && random.chance(0.3) ? { items: randomItems(random, minor, currency) } : {}
    return stage.event('conversion.amended', time, {
      programId,
      conversionId,
      amount: money(minor, currency),
      ...items,
    })
  }
  const count = told.events.filter((event) => event.type === 'vouch.refund.v1').length
  const items = conversion?.data.items as readonly Item[] | undefined
  const returned = options.items && !foreign && random.chance(0.6) ? returnedItems(random, items ?? []) : undefined
  const some = random.pick([gross, gross / 2n, gross / 3n, 1n, gross + 1n, 2n * gross])
  const part = some > 0n ? some : 1n
  return stage.event('refund', time, {
    programId,
    refundId: `r${count + 1}`,
    conversionId,
    ...(returned ?? { amount: money(part, currency) }),
    ...(random.chance(0.5) ? { reason: random.pick(['return', 'chargeback', 'fraud']) } : {}),
  })
}

/** Zero, next to nothing, a limit's edge, or what no split divides evenly. */
function randomMinor(random: Random, currency: string): bigint {
  const unit = 10n ** BigInt(digitsOf(currency))
  return random.pick([
    0n,
    1n,
    2n,
    unit - 1n,
    20n * unit,
    20n * unit - 1n,
    50n * unit,
    100n * unit,
    49n * unit + unit / 3n,
    9999n,
    1_234_567_891_23n,
    100_000_000_000n * unit - random.pick([0n, 1n]),
  ])
}

/** They come to the whole, to less because of shipping, or to more because of a discount. */
function randomItems(random: Random, minor: bigint, currency: string): Item[] {
  const count = random.between(1, 3)
  const listed = random.chance(0.2) ? (minor * 5n) / 4n : minor
  const part = listed / BigInt(count + (random.chance(0.2) ? 1 : 0))
  return Array.from({ length: count }, (_, index) => ({
    sku: `sku-${index + 1}`,
    ...(random.chance(0.85) ? { category: random.early(['shoes', 'hats', 'bags']) } : {}),
    quantity: random.pick([1, 1, 2]),
    amount: money(part, currency),
  }))
}

/** One line or two, some known by their sku alone; given back in full, less a fee or discount, or with the shipping. */
function returnedItems(random: Random, items: readonly Item[]): { amount: Item['amount']; items: Item[] } | undefined {
  const chosen = random.shuffled(items).slice(0, random.between(1, 2))
  const [first] = chosen
  if (first === undefined) return undefined
  const minorOf = ({ amount }: Item) => BigInt(amount.value.replace('.', ''))
  const whole = chosen.reduce((sum, item) => sum + minorOf(item), 0n)
  const minor = random.pick([whole, whole, whole, whole - 1n, whole + 1n, whole / 2n, (whole * 4n) / 5n])
  return {
    amount: money(minor > 0n ? minor : 1n, first.amount.currency),
    items: chosen.map(({ category, ...item }) =>
      category === undefined || random.chance(0.3) ? item : { ...item, category },
    ),
  }
}

function money(minor: bigint, currency: string): { value: string; currency: string } {
  const digits = digitsOf(currency)
  const text = String(minor).padStart(digits + 1, '0')
  return { value: digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`, currency }
}

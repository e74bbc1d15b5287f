import { type DataOf, type EventType, parseEvent, type Rejection, sentTypes, type VouchEvent } from '@vouch/domain'
import { isRight } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { advocates } from './cast.ts'
import { simulate, wavesOf } from './simulate.ts'
import { stories } from './stories.ts'

/** What the log makes of each line when it arrives; undefined for a line that is no JSON. */
function read(seed: number) {
  return simulate(seed).map(({ line, arrivesAt }) => {
    const input = json(line)
    const parsed = input === undefined ? undefined : parseEvent(input, arrivesAt)
    return { line, arrivesAt, parsed }
  })
}

function json(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

const events = (seed: number): (VouchEvent & { arrivesAt: number })[] =>
  read(seed).flatMap(({ parsed, arrivesAt }) =>
    parsed !== undefined && isRight(parsed) ? [{ ...parsed.right, arrivesAt }] : [],
  )

const seeds = [1, 2, 3, 0, 2_000_000_000]

describe('simulate', () => {
  it('gives the same bytes for the same seed, and others for another', () => {
    expect(simulate(7)).toEqual(simulate(7))
    expect(simulate(7)).not.toEqual(simulate(8))
  })

  it.each(seeds)('is of a size that a demo can show, and comes in order of arrival (seed %i)', (seed) => {
    const reports = simulate(seed)
    expect(reports.length).toBeGreaterThan(1000)
    expect(reports.length).toBeLessThan(5000)
    const arrivals = reports.map(({ arrivesAt }) => arrivesAt)
    expect(arrivals).toEqual(arrivals.toSorted((a, b) => a - b))
  })

  it.each(seeds)('sends what is valid, but for the mistakes that it makes (seed %i)', (seed) => {
    const refused = read(seed).flatMap(({ parsed, line }): [string, Rejection | 'no JSON'][] => {
      if (parsed === undefined) return [[line.slice(0, 35), 'no JSON']]
      return isRight(parsed) ? [] : [[(JSON.parse(line) as { id: string }).id, parsed.left]]
    })
    expect(refused).toEqual([
      ['bad-cents', { field: 'data.amount.value', reason: '"49.999" has 3 digits after the point, EUR has 2' }],
      ['bad-type', { field: 'type', reason: expect.stringContaining('vouch.click.v1') }],
      ['bad-time', { field: 'time', reason: expect.stringContaining('"2026-03-24T17:00:00" has no offset from UTC') }],
      ['bad-visitor', { field: 'data.visitorId', reason: expect.stringContaining('missing') }],
      ['bad-year', { field: 'time', reason: expect.stringContaining('a day or more after now') }],
      ['{"specversion":"1.0","id":"bad-cut"', 'no JSON'],
    ])
  })

  it.each(seeds)('has events of every type, and none from the future (seed %i)', (seed) => {
    const all = events(seed)
    // Bank details are nobody's to make up; docs/finance.md registers payees of the demo by hand.
    const told = sentTypes.filter((type) => !type.startsWith('vouch.payee.'))
    expect(new Set(all.map(({ type }) => type))).toEqual(new Set(told))
    expect(all.filter(({ time, arrivesAt }) => time > arrivesAt)).toEqual([])
  })

  it.each(seeds)('arrives in another order than it happens (seed %i)', (seed) => {
    const times = events(seed).map(({ time }) => time)
    expect(times).not.toEqual(times.toSorted((a, b) => a - b))
  })

  it.each(seeds)('repeats itself, and contradicts itself once (seed %i)', (seed) => {
    const lines = simulate(seed).map(({ line }) => line)
    expect(lines.length - new Set(lines).size).toBeGreaterThan(20)
    const orders = events(seed).filter(
      (it) => it.type === 'vouch.conversion.v1' && it.data.conversionId === 'order-self',
    )
    const amounts = orders.map((it) => (it.type === 'vouch.conversion.v1' ? it.data.amount.value : ''))
    expect(new Set(amounts)).toEqual(new Set(['53.90', '43.90']))
  })
})

describe.each(seeds)('what happens (seed %i)', (seed) => {
  const all = events(seed)
  const of = <T extends EventType>(type: T): DataOf<T>[] =>
    all.filter((it) => it.type === type).map(({ data }) => data as DataOf<T>)
  const conversions = of('vouch.conversion.v1')
  const distinct = <T>(values: readonly T[]) => [...new Set(values)].sort()

  it('twelve advocates of all kinds, some with a parent, one of whom is suspended for a while', () => {
    expect(distinct(of('vouch.advocate.enrolled.v1').map(({ advocateId }) => advocateId))).toEqual(
      advocates.map(({ id }) => id).sort(),
    )
    expect(advocates.length).toBe(12)
    expect(distinct(advocates.map(({ kind }) => kind))).toEqual(['customer', 'employee', 'influencer', 'partner'])
    expect(advocates.filter(({ parentAdvocateId }) => parentAdvocateId !== undefined).length).toBeGreaterThan(0)
    expect(of('vouch.advocate.suspended.v1')).toMatchObject([{ advocateId: 'dario' }])
    expect(of('vouch.advocate.reinstated.v1')).toMatchObject([{ advocateId: 'dario' }])
  })

  it('a few hundred visitors, more of them through popular advocates, on several channels', () => {
    const clicks = of('vouch.click.v1')
    expect(distinct(clicks.map(({ visitorId }) => visitorId)).length).toBeGreaterThan(400)
    expect(distinct(clicks.map(({ channel }) => channel))).toEqual(['blog', 'chat', 'email', 'qr', 'social', 'video'])
    const through = (code: string) => clicks.filter((it) => it.code.toLowerCase() === code).length
    expect(through('cleo')).toBeGreaterThan(2 * through('lotte'))
    expect(clicks.some(({ code }) => code === 'CLEO')).toBe(true)
    expect(clicks.some(({ shareId }) => shareId !== undefined)).toBe(true)
  })

  it('signups with and without a code', () => {
    expect(distinct(of('vouch.signup.v1').map(({ code }) => code !== undefined))).toEqual([false, true])
  })

  it('conversions of every kind, in currencies with and without a rate, with items and coupons', () => {
    expect(distinct(conversions.map(({ kind }) => kind))).toEqual(['lead', 'purchase', 'renewal', 'subscription'])
    const rated = conversions.map(({ amount, fxRate }) => `${amount.currency} ${fxRate !== undefined}`)
    expect(distinct(rated)).toEqual(['CHF false', 'EUR false', 'GBP true', 'JPY true'])
    expect(conversions.some(({ amount }) => amount.value === '0.00')).toBe(true)
    expect(distinct(conversions.flatMap(({ items = [] }) => items.map(({ category }) => category)))).toEqual([
      'gift',
      'tea',
      'ware',
    ])
    expect(distinct(conversions.flatMap(({ code }) => code ?? []))).toEqual(['BRAM5', 'CLEO10', 'JUNO10'])
    expect(conversions.some(({ customerId }) => customerId === undefined)).toBe(true)
  })

  it('an order is worth at least its items', () => {
    for (const { amount, items = [] } of conversions) {
      const minor = ({ value }: { value: string }) => BigInt(value.replace('.', ''))
      const sum = items.reduce((total, item) => total + minor(item.amount), 0n)
      expect(sum).toBeLessThanOrEqual(minor(amount))
    }
  })

  it('refunds in full, in part and beyond, for several reasons, and amendments', () => {
    const paid = new Map(conversions.map(({ conversionId, amount }) => [conversionId, Number(amount.value)]))
    const shares = of('vouch.refund.v1').map(({ conversionId, amount }) => {
      const whole = paid.get(conversionId)
      return whole === undefined ? 'of nothing' : Math.sign(Number(amount.value) - whole)
    })
    expect(distinct(shares)).toEqual([-1, 0, 1, 'of nothing'])
    expect(distinct(of('vouch.refund.v1').map(({ reason }) => reason))).toEqual([
      'cancellation',
      'chargeback',
      'return',
    ])
    expect(of('vouch.conversion.amended.v1').length).toBeGreaterThan(0)
  })

  it('the causes of all stories, once each', () => {
    for (const { cause } of stories) {
      expect(all.filter(({ source, id }) => source === cause.source && id === cause.id).length).toBeGreaterThan(0)
    }
  })
})

describe('wavesOf', () => {
  it('keeps all in order, and terms apart', () => {
    const reports = simulate(1)
    const waves = wavesOf(reports)
    expect(waves.flat()).toEqual(reports)
    const withTerms = waves.filter((wave) => wave.some(({ isPublication }) => isPublication))
    expect(withTerms.map((wave) => wave.length)).toEqual([1, 1])
  })
})

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Bench, openBench } from './testing/bench.ts'
import { event, published } from './testing/samples.ts'

let bench: Bench
beforeAll(async () => {
  bench = await openBench()
})
afterAll(() => bench.close())

describe('vouch doctor, of people', () => {
  type Pair = (nth: number) => { readonly visitorId: string; readonly customerId: string }
  const links = (type: string, from: number, to: number, pair: Pair) =>
    Array.from({ length: to - from }, (_, index) => {
      const who = pair(from + index)
      return event(`identities.${type}`, `${type}-${who.visitorId}-${who.customerId}`, '2026-03-02T00:00:00Z', who)
    })

  it('names who is linked to more than there can be, until they are unlinked', async () => {
    const guest = (nth: number) => ({ customerId: 'guest', visitorId: `g-${nth}` })
    const device = (nth: number) => ({ customerId: `c-${nth}`, visitorId: 'undefined' })
    await bench.append(published(), ...links('linked', 0, 1000, guest), ...links('linked', 0, 1000, device))
    expect((await bench.run(['doctor'])).out).toContain('ok   people: nobody is linked to more than 1000 others\n')
    await bench.append(...links('linked', 1000, 1002, guest), ...links('linked', 1000, 1001, device))
    const { code, out } = await bench.run(['doctor'])
    expect(code).toBe(1)
    expect(out).toContain(
      'BAD  people: customer "guest" of summer is linked to 1002 visitors, visitor "undefined" of summer is linked to ' +
        '1001 customers; an app reports many people as one, and each gets the touches of all: leave the id out where ' +
        'nobody is known\n',
    )
    await bench.append(...links('unlinked', 0, 2, guest), ...links('unlinked', 0, 1, device))
    expect((await bench.run(['doctor'])).out).toContain('ok   people:')
  })
})

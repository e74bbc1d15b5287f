import { type Random, randomLog } from '@vouch/testing'
import type { Faults } from './faults.ts'
import { itemOf } from './items.ts'
import { type Order, ordersOf } from './producer.ts'

/** What is to be told in a seed, by whom and when. */
export interface Plan {
  /** By producer. */
  readonly orders: readonly (readonly Order[])[]
  /** When it begins, ms since the epoch, UTC. */
  readonly from: number
  /** Usual time between two events, ms. */
  readonly paceMs: number
}

export function planOf(seed: number, random: Random, faults: Faults): Plan {
  const logged = randomLog(seed, { facts: random.chance(0.1) ? [60, 100] : [4, 40] })
  const newest = Math.max(...logged.map(({ event, recordedAt }) => Math.max(event.time, recordedAt)))
  const oldest = Math.min(...logged.map(({ recordedAt }) => recordedAt))
  // Either as it happened, over days, or all of it afterwards, in a rush.
  const rushMs = random.pick([0, 0, 5, 50])
  const inRush = rushMs > 0
  const paceMs = inRush ? rushMs : Math.ceil((newest - oldest) / logged.length)
  const planned = logged.map(({ event, recordedAt }, index) => ({
    item: itemOf(event),
    due: inRush ? newest + index * rushMs : recordedAt,
  }))
  const someTime = () => someTimeAt(paceMs, random)
  const orders = ordersOf(planned, random.between(1, 4), { random, faults, someTime })
  return { orders, from: inRush ? newest : oldest, paceMs }
}

/** Some time, ms, in the order of that between two events. */
export const someTimeAt = (paceMs: number, random: Random): number => random.between(0, 2 * paceMs)

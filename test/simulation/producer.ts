import type { Outcome } from '@vouch/ingestion'
import type { Random } from '@vouch/testing'
import type { Faults } from './faults.ts'
import { contradicting, type Item, spoilt } from './items.ts'
import type { Actor, Scheduler } from './scheduler.ts'

/** Something to be sent, not before a time. */
export interface Order {
  readonly item: Item
  /** ms since the epoch, UTC. */
  readonly due: number
}

/** Gives what became of the items, in their order; undefined if that is not known: all have to be sent again. */
export type Offer = (items: readonly Item[]) => Promise<readonly Outcome[] | undefined>

export interface ProducerParts {
  readonly scheduler: Scheduler
  readonly random: Random
  readonly faults: Faults
  readonly offer: Offer
  readonly someTime: () => number
}

/**
 * Divides what happened between producers: some is told by two of them, some late, in another order or otherwise, and some
 * of what they tell is no event.
 */
export function ordersOf(
  items: readonly Order[],
  producers: number,
  { random, faults, someTime }: Pick<ProducerParts, 'random' | 'faults' | 'someTime'>,
): Order[][] {
  const orders: Order[][] = Array.from({ length: producers }, () => [])
  const give = (order: Order) => random.any(orders)?.push(order)
  let latest = Number.NEGATIVE_INFINITY
  for (const { item, due } of items) {
    const delayed = faults.happens('event is delayed') ? due + someTime() * random.between(1, 20) : due
    if (delayed < latest) faults.count('event is sent before those that it should follow')
    latest = Math.max(latest, delayed)
    give({ item, due: delayed })
    if (faults.happens('event is sent again by another'))
      give({ item, due: delayed + random.between(-1, 1) * someTime() })
    const mayDiffer = item.event !== undefined && item.wire.type !== 'vouch.program.published.v1'
    if (mayDiffer && faults.happens('event is sent again with other content')) {
      give({ item: contradicting(item), due: delayed + random.between(-1, 3) * someTime() })
    }
    if (faults.happens('event is sent that is none')) give({ item: spoilt(item, random), due: delayed })
  }
  return orders.map((own) => own.sort((a, b) => a.due - b.due))
}

/** Sends all that it has, a few at a time, each until it is told what became of it. */
export async function produce(
  actor: Actor,
  orders: readonly Order[],
  { scheduler, random, faults, offer, someTime }: ProducerParts,
): Promise<void> {
  for (let from = 0; from < orders.length; ) {
    await scheduler.sleep(actor, (orders[from]?.due ?? 0) - scheduler.now)
    const due = orders.slice(from).filter((order) => order.due <= scheduler.now).length
    const to = from + random.between(1, Math.max(1, Math.min(due, 8)))
    const items = random.shuffled(orders.slice(from, to)).map(({ item }) => item)
    await scheduler.turn(actor, `sends ${items.map(({ wire }) => String(wire.id)).join(' ')}`)
    const patience = faults.happens('producer gives up waiting and sends again')
      ? scheduler.sleep(actor, random.between(1, 30)).then(() => undefined)
      : new Promise<never>(() => {})
    const outcomes = await Promise.race([offer(items), patience])
    await scheduler.turn(actor, outcomes === undefined ? 'does not know what became of it' : 'has its answer')
    if (outcomes !== undefined) from = to
    else await scheduler.sleep(actor, random.between(1, Math.ceil(someTime())))
  }
}

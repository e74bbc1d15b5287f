import { randomFrom } from '@vouch/testing'
import { describe, expect, it } from 'vitest'
import { Scheduler, Stuck } from './scheduler.ts'
import { Trace } from './trace.ts'

const from = Date.UTC(2026, 2, 1)
const schedulerOf = (seed: number, maxSteps = 1000) =>
  new Scheduler({ random: randomFrom(seed), trace: new Trace(), from, maxSteps })

/** Two actors who take three turns each; the order in which they came. */
async function orderOf(seed: number): Promise<string> {
  const scheduler = schedulerOf(seed)
  const order: string[] = []
  const walk = async (name: string) => {
    const actor = scheduler.actor(name)
    for (let turn = 1; turn <= 3; turn++) {
      await scheduler.turn(actor, `takes turn ${turn}`)
      order.push(`${name}${turn}`)
    }
  }
  void walk('a')
  void walk('b')
  await scheduler.run(() => order.length === 6)
  return order.join(' ')
}

describe('the scheduler', () => {
  it('lets the seed decide who goes, and nothing else', async () => {
    const orders = await Promise.all(Array.from({ length: 30 }, (_, seed) => orderOf(seed)))
    expect(await Promise.all(Array.from({ length: 30 }, (_, seed) => orderOf(seed)))).toEqual(orders)
    // Of the 20 ways to order two times three, many are seen.
    expect(new Set(orders).size).toBeGreaterThan(8)
  })

  it('lets one go only when all others wait', async () => {
    const scheduler = schedulerOf(1)
    let atWork = 0
    let ended = 0
    const work = async (name: string) => {
      await scheduler.turn(scheduler.actor(name), 'works')
      expect(++atWork).toBe(1)
      for (let times = 0; times < 10; times++) await Promise.resolve()
      atWork--
      ended++
    }
    const both = Promise.all([work('a'), work('b'), work('c')])
    await scheduler.run(() => ended === 3)
    await both
  })

  it('has a clock that goes on to whoever sleeps, at once', async () => {
    const scheduler = schedulerOf(1)
    const actor = scheduler.actor('sleeper')
    const woken: number[] = []
    const sleep = (ms: number) => scheduler.sleep(actor, ms).then(() => woken.push(ms))
    void sleep(86_400_000)
    void sleep(3_600_000)
    await scheduler.run(() => woken.length === 2)
    expect(woken).toEqual([3_600_000, 86_400_000])
    expect(scheduler.now - from).toBeGreaterThanOrEqual(86_400_000)
    expect(scheduler.now - from).toBeLessThan(86_400_000 + 1000)
  })

  it('wakes whoever is called', async () => {
    const scheduler = schedulerOf(1)
    const controller = new AbortController()
    const slept = scheduler.sleep(scheduler.actor('sleeper'), 86_400_000, controller.signal)
    controller.abort()
    await slept
    await scheduler.sleep(scheduler.actor('another'), 1, controller.signal)
    await scheduler.sleep(scheduler.actor('another'), 0)
    expect(scheduler.now).toBe(from)
  })

  it('gives the dead no further turn, and tells what they had sent off', async () => {
    const scheduler = schedulerOf(1)
    const actor = scheduler.actor('mortal')
    let wentOn = false
    const sent = async () => {}
    const goOn = () => {
      wentOn = true
    }
    void scheduler.turn(actor, 'inserts', sent).finally(goOn)
    void scheduler.turn(actor, 'reads').finally(goOn)
    void scheduler.sleep(actor, 1).finally(goOn)
    expect(scheduler.kill(actor)).toEqual([{ what: 'inserts', sent }])
    void scheduler.turn(actor, 'tries to go on').finally(goOn)
    void scheduler.sleep(actor, 0).finally(goOn)
    let over = false
    void scheduler.turn(scheduler.actor('other'), 'ends it').then(() => {
      over = true
    })
    await scheduler.run(() => over)
    expect({ wentOn, alive: actor.alive }).toEqual({ wentOn: false, alive: false })
  })

  it('says when everybody waits for ever, and when there is no end', async () => {
    await expect(schedulerOf(1).run(() => false)).rejects.toThrow(
      new Stuck('everybody waits, and nobody will wake them'),
    )
    const scheduler = schedulerOf(1, 50)
    const actor = scheduler.actor('restless')
    void (async () => {
      for (;;) await scheduler.turn(actor, 'turns round')
    })()
    await expect(scheduler.run(() => false)).rejects.toThrow(new Stuck('it had not come to an end after 50 steps'))
  })
})

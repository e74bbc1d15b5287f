import { describe, expect, it } from 'vitest'
import { createTurns } from './turns.ts'

/** Turns by a clock that work moves on, and a loop that is turned by hand. */
function bench(sliceMs = 10) {
  let now = 0
  const due: (() => void)[] = []
  const done: string[] = []
  const turns = createTurns({ sliceMs, now: () => now, later: (next) => void due.push(next) })
  const work = (sender: string, name: string, ms: number) =>
    turns.run(sender, () => {
      now += ms
      done.push(name)
      return name
    })
  return { due, done, work, turns, turn: () => due.shift()?.() }
}

describe('turns', () => {
  it('go to the senders by turns, to each in its own order', async () => {
    const { work, turn, done } = bench()
    const all = [work('a', 'a1', 1), work('a', 'a2', 1), work('a', 'a3', 1), work('b', 'b1', 1), work('c', 'c1', 1)]
    turn()
    expect(done).toEqual(['a1', 'b1', 'c1', 'a2', 'a3'])
    expect(await Promise.all(all)).toEqual(['a1', 'a2', 'a3', 'b1', 'c1'])
  })

  it('begin nothing once a slice is over, and go on after everybody else', () => {
    const { work, turn, done, due } = bench(10)
    for (let n = 0; n < 5; n++) void work('a', `a${n}`, 6)
    expect(due.length).toBe(1)
    turn()
    expect([done.length, due.length]).toEqual([2, 1])
    void work('b', 'b', 6)
    expect(due.length).toBe(1)
    turn()
    expect(done).toEqual(['a0', 'a1', 'a2', 'b'])
    turn()
    expect([done.length, due.length]).toEqual([6, 0])
  })

  it('hand on what a piece throws, or what its promise comes to, and go on', async () => {
    const { turns, turn, work } = bench()
    const failed = turns.run('a', () => {
      throw new Error('a defect')
    })
    const late = turns.run('a', async () => 'late')
    const next = work('a', 'next', 1)
    turn()
    await expect(failed).rejects.toThrow('a defect')
    expect(await Promise.all([late, next])).toEqual(['late', 'next'])
  })
})

import { describe, expect, it } from 'vitest'
import { createPool, createTurns } from './turns.ts'

describe('turns', () => {
  it('let so many in at once, the others in the order in which they came', async () => {
    const turns = createTurns(2)
    const seen: string[] = []
    const gates = new Map<string, () => void>()
    const run = async (name: string) => {
      const end = await turns.take()
      seen.push(name)
      await new Promise<void>((resolve) => gates.set(name, resolve))
      end()
    }
    const all = ['a', 'b', 'c', 'd'].map(run)
    await Promise.resolve()
    expect([seen, turns.waiting]).toEqual([['a', 'b'], 2])
    gates.get('b')?.()
    await all[1]
    await Promise.resolve()
    expect([seen, turns.waiting]).toEqual([['a', 'b', 'c'], 1])
    gates.get('a')?.()
    await all[0]
    await Promise.resolve()
    expect(seen).toEqual(['a', 'b', 'c', 'd'])
    gates.get('c')?.()
    gates.get('d')?.()
    await Promise.all(all)
  })

  it('end once, however often that is said', async () => {
    const turns = createTurns(1)
    const end = await turns.take()
    end()
    end()
    await turns.take()
    let second = false
    void turns.take().then(() => {
      second = true
    })
    await Promise.resolve()
    await Promise.resolve()
    expect([second, turns.waiting]).toEqual([false, 1])
  })
})

describe('a pool', () => {
  it('gives each of its things to one task at a time', async () => {
    const pool = createPool(['x', 'y'])
    const inUse = new Set<string>()
    const used: string[] = []
    const task = async (one: string) => {
      expect(inUse.has(one)).toBe(false)
      inUse.add(one)
      used.push(one)
      await Promise.resolve()
      inUse.delete(one)
    }
    await Promise.all(Array.from({ length: 20 }, () => pool.use(task)))
    expect([used.filter((one) => one === 'x').length, used.filter((one) => one === 'y').length]).toEqual([10, 10])
  })

  it('goes on after a task that failed', async () => {
    const pool = createPool([7])
    await expect(pool.use(() => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(await pool.use(async (one) => one)).toBe(7)
  })

  it('is drained when what was asked for before is done', async () => {
    const pool = createPool([1, 2])
    const done: string[] = []
    const tasks = ['a', 'b', 'c'].map((name) => pool.use(async () => void done.push(name)))
    await pool.drain()
    expect(done).toEqual(['a', 'b', 'c'])
    await Promise.all(tasks)
  })
})

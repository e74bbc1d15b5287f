import { describe, expect, it } from 'vitest'
import { createTurns, inTurn } from './turns.ts'

describe('turns', () => {
  it('let so many in at once, the others in the order in which they came', async () => {
    const turns = createTurns(2)
    const seen: string[] = []
    const gates = new Map<string, () => void>()
    const run = (name: string) =>
      inTurn(turns, async () => {
        seen.push(name)
        await new Promise<void>((resolve) => gates.set(name, resolve))
      })
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

  it('go on after a task that failed', async () => {
    const turns = createTurns(1)
    await expect(inTurn(turns, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(await inTurn(turns, async () => 'next')).toBe('next')
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

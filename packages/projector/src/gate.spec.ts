import { describe, expect, it } from 'vitest'
import { Gate } from './gate.ts'

describe('a gate', () => {
  it('lets one at a time through, in order of arrival, whether they fail or not', async () => {
    const gate = new Gate()
    const seen: string[] = []
    const step = (name: string, fails: boolean) => async () => {
      seen.push(`${name} in`)
      await new Promise((resolve) => setImmediate(resolve))
      seen.push(`${name} out`)
      if (fails) throw new Error(name)
      return name
    }
    const results = await Promise.allSettled([
      gate.enter(step('a', false)),
      gate.enter(step('b', true)),
      gate.enter(step('c', false)),
    ])
    expect(seen).toEqual(['a in', 'a out', 'b in', 'b out', 'c in', 'c out'])
    expect(results).toEqual([
      { status: 'fulfilled', value: 'a' },
      { status: 'rejected', reason: new Error('b') },
      { status: 'fulfilled', value: 'c' },
    ])
  })

  it('is open again after a failure that nobody looked at', async () => {
    const gate = new Gate()
    const failed = gate.enter(async () => {
      throw new Error('no')
    })
    expect(await gate.enter(async () => 'yes')).toBe('yes')
    await expect(failed).rejects.toThrow('no')
  })
})

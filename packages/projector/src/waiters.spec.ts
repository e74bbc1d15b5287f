import { describe, expect, it } from 'vitest'
import { Waiters } from './waiters.ts'

describe('waiters', () => {
  it('are told when their position is reached, once, and those beyond it wait on', async () => {
    const waiters = new Waiters()
    const told: string[] = []
    const note = (name: string, position: bigint) =>
      waiters.wait(position).then(
        () => told.push(name),
        (error: Error) => told.push(`${name}: ${error.message}`),
      )
    const all = [note('one', 1n), note('two', 2n), note('two again', 2n), note('three', 3n)]
    waiters.reached(2n)
    await Promise.all(all.slice(0, 3))
    expect(told).toEqual(['one', 'two', 'two again'])
    waiters.fail(new Error('stopped'))
    waiters.reached(3n)
    await Promise.all(all)
    expect(told).toEqual(['one', 'two', 'two again', 'three: stopped'])
  })
})

import { describe, expect, it } from 'vitest'
import { slices } from './slices.ts'

describe('slices', () => {
  it('give way when their time is over, and not before', async () => {
    let now = 0
    const breathe = slices({ sliceMs: 10, now: () => now })
    expect(breathe()).toBeUndefined()
    now = 9
    expect(breathe()).toBeUndefined()
    now = 10
    const pause = breathe()
    expect(pause).toBeInstanceOf(Promise)
    now = 500
    await pause
    expect(breathe()).toBeUndefined()
    now = 510
    expect(breathe()).toBeInstanceOf(Promise)
  })

  it('let a timer and others that wait have their turn', async () => {
    const seen: string[] = []
    setImmediate(() => seen.push('other'))
    const breathe = slices({ sliceMs: 0 })
    await breathe()
    expect(seen).toEqual(['other'])
  })

  it('go on when they are told to', async () => {
    const told: (() => void)[] = []
    const breathe = slices({ sliceMs: 0, later: (next) => void told.push(next) })
    let goesOn = false
    const pause = breathe()?.then(() => {
      goesOn = true
    })
    await new Promise((resolve) => setImmediate(resolve))
    expect([goesOn, told.length]).toEqual([false, 1])
    told[0]?.()
    await pause
    expect(goesOn).toBe(true)
  })
})

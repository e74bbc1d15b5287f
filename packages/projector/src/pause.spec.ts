import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { pause } from './pause.ts'

describe('a pause', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  const ended = async (paused: Promise<void>): Promise<boolean> => {
    let over = false
    void paused.then(() => {
      over = true
    })
    await vi.advanceTimersByTimeAsync(0)
    return over
  }

  it('ends after its time', async () => {
    const paused = pause(100, new AbortController().signal)
    await vi.advanceTimersByTimeAsync(99)
    expect(await ended(paused)).toBe(false)
    await vi.advanceTimersByTimeAsync(1)
    expect(await ended(paused)).toBe(true)
  })

  it('ends with the signal, and leaves no timer behind', async () => {
    const controller = new AbortController()
    const paused = pause(100, controller.signal)
    expect(await ended(paused)).toBe(false)
    controller.abort()
    expect(await ended(paused)).toBe(true)
    expect(vi.getTimerCount()).toBe(0)
  })

  it.each([0, -5])('of %i ms is none', async (ms) => {
    expect(await ended(pause(ms, new AbortController().signal))).toBe(true)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('is none when the signal has been aborted before', async () => {
    expect(await ended(pause(100, AbortSignal.abort()))).toBe(true)
    expect(vi.getTimerCount()).toBe(0)
  })
})

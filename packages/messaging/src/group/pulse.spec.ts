import { setTimeout as pause } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { createPulse } from './pulse.ts'

const limitMs = 50

it('goes on as long as the group answers, and stops when it has not for too long', async () => {
  let now = 0
  const pulse = createPulse(limitMs, new AbortController().signal, () => now)
  const stopped = pulse.stops()
  for (let beats = 0; beats < 3; beats++) {
    now += limitMs
    pulse.beat()
    const ended = await Promise.race([stopped.catch(() => 'stopped'), pause(limitMs)])
    expect(ended).toBeUndefined()
  }
  now += 3_000
  await expect(stopped).rejects.toThrow('The group has not answered for 3 s; it is joined anew.')
})

it('is over with its session', async () => {
  const session = new AbortController()
  const over = createPulse(limitMs, session.signal, () => 0).stops()
  session.abort()
  await expect(over).resolves.toBeUndefined()
})

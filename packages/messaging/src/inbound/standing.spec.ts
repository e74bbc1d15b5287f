import { expect, it } from 'vitest'
import { createStanding } from './standing.ts'

it('what was deleted is counted once, however many sessions see it', () => {
  const standing = createStanding(() => 0)
  const deleted = { partition: 1, from: '5', to: '12', messages: 7 }
  standing.lost(deleted)
  standing.lost(deleted)
  standing.lost({ ...deleted, to: '14', messages: 9 })
  standing.lost({ partition: 2, from: '5', to: '6', messages: 1 })
  expect(standing.read().lostMessages).toBe(10)
})

it('the lag is that of the partitions that this member has now', () => {
  const standing = createStanding(() => 0)
  standing.done(0, 5n, '25')
  standing.done(1, 5n, '5')
  // What was committed may be ahead of what was seen to be the end.
  standing.done(2, 9n, '5')
  expect(standing.read().lagMessages).toBe(20)
  standing.joined()
  expect(standing.read().lagMessages).toBe(0)
})

it('silence is measured from the start, from joining and from each answer', () => {
  let now = 100
  const standing = createStanding(() => now)
  now = 350
  expect(standing.read().silentMs).toBe(250)
  standing.failed('gone')
  standing.answered()
  now = 360
  expect(standing.read()).toMatchObject({ silentMs: 10, failure: 'gone' })
  standing.joined()
  expect(standing.read()).toMatchObject({ silentMs: 0, failure: undefined })
})

import fc from 'fast-check'
import { expect, it } from 'vitest'
import { timestamp } from './timestamp.ts'

it.each([
  [0, '1970-01-01 00:00:00.000'],
  [1, '1970-01-01 00:00:00.001'],
  [Date.UTC(2026, 2, 1, 12), '2026-03-01 12:00:00.000'],
  [Date.UTC(2026, 11, 31, 23, 59, 59, 999), '2026-12-31 23:59:59.999'],
  [Date.UTC(2028, 1, 29, 9, 8, 7, 60), '2028-02-29 09:08:07.060'],
  [Date.UTC(2149, 5, 6, 23, 59, 59, 999), '2149-06-06 23:59:59.999'],
])('%d is %s', (ms, text) => {
  expect(timestamp(ms)).toBe(text)
})

it('says what the engine’s own dates say, for every time that an event may have', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: Date.UTC(2149, 5, 7) - 1 }), (ms) => {
      expect(timestamp(ms)).toBe(new Date(ms).toISOString().slice(0, 23).replace('T', ' '))
    }),
  )
})

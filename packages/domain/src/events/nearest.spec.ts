import { describe, expect, it } from 'vitest'
import { nearest } from './nearest.ts'

describe('what was meant', () => {
  const candidates = ['return', 'chargeback', 'cancellation', 'fraud']
  it.each<[string, string | undefined]>([
    ['retrun', 'return'],
    ['Chargeback ', 'chargeback'],
    ['charge-back', 'chargeback'],
    ['canceled', undefined],
    ['cancelation', 'cancellation'],
    ['frod', undefined],
    ['fruad', 'fraud'],
    ['rfaud', 'fraud'],
    ['xyz', undefined],
    ['', undefined],
    ['return'.repeat(20), undefined],
  ])('%j: %s', (text, meant) => {
    expect(nearest(text, candidates)).toBe(meant)
  })

  it('is the first of several that are as near', () => {
    expect(nearest('bat', ['cat', 'hat'])).toBe('cat')
  })
})

import { describe, expect, it } from 'vitest'
import { parseDuration } from './duration.ts'

describe('a duration', () => {
  it.each<[string, number]>([
    ['250ms', 250],
    ['90s', 90_000],
    ['15m', 900_000],
    ['36h', 129_600_000],
    ['30d', 2_592_000_000],
    ['2w', 1_209_600_000],
    ['0s', 0],
    ['007d', 604_800_000],
    ['104249991d', 9_007_199_222_400_000],
  ])('%s is %i ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms)
  })

  it.each([
    '',
    '30',
    'd',
    '-1d',
    '1.5h',
    '1 d',
    ' 1d',
    '1d ',
    '1D',
    '1y',
    '1d12h',
    '1e3s',
    '٣d',
    '104249992d',
    '9'.repeat(30),
  ])('%j is none', (text) => {
    expect(parseDuration(text)).toBe(undefined)
  })
})

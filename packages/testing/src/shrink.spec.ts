import { describe, expect, it } from 'vitest'
import { shrinkLog } from './shrink.ts'

const hundred = Array.from({ length: 100 }, (_, index) => index)

describe('shrinkLog', () => {
  it.each<[string, number[]]>([
    ['one culprit', [42]],
    ['two far apart', [0, 99]],
    ['three', [10, 11, 77]],
  ])('finds %s', (_, culprits) => {
    expect(shrinkLog(hundred, (log) => culprits.every((one) => log.includes(one)))).toEqual(culprits)
  })

  it('leaves nothing that could go alone', () => {
    const fails = (log: readonly number[]) => log.filter((one) => one % 2 === 0).length >= 3
    expect(shrinkLog(hundred, fails)).toHaveLength(3)
  })

  it('may end with nothing at all', () => {
    expect(shrinkLog(hundred, () => true)).toEqual([])
  })

  it('refuses a log that does not fail', () => {
    expect(() => shrinkLog(hundred, () => false)).toThrow('the log to shrink does not fail')
  })
})

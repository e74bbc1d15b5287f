import { describe, expect, it } from 'vitest'
import { readMonth } from './month.ts'

describe('a month', () => {
  it.each([
    ['2026-03', '2026-03-01', '2026-03-31'],
    ['2026-02', '2026-02-01', '2026-02-28'],
    ['2028-02', '2028-02-01', '2028-02-29'],
    ['2026-12', '2026-12-01', '2026-12-31'],
    ['1970-01', '1970-01-01', '1970-01-31'],
    ['2149-05', '2149-05-01', '2149-05-31'],
  ])('%s goes from %s to %s', (name, from, until) => {
    expect(readMonth(name)).toStrictEqual({ name, from, until })
  })

  it.each(['2026-13', '2026-00', '2026-3', '2026', '2026-03-01', 'March', '', '1969-12', '2149-06', ' 2026-03'])(
    'is not %j',
    (name) => {
      expect(readMonth(name)).toBeUndefined()
    },
  )
})

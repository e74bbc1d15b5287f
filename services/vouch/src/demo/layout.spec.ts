import { Writable } from 'node:stream'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bar, clip, grid, paperFor, wrap } from './layout.ts'

const output = (terminal: { isTTY?: boolean; columns?: number } = {}) => Object.assign(new Writable(), terminal)
const plain = paperFor(output())

describe('paperFor', () => {
  it.each([
    ['a file', {}, 100, false],
    ['a terminal', { isTTY: true, columns: 80 }, 80, true],
    ['a very wide terminal', { isTTY: true, columns: 400 }, 140, true],
  ])('%s', (_name, terminal, width, hasEdge) => {
    expect(paperFor(output(terminal))).toMatchObject({ width, hasEdge })
  })

  it('has no colours in a file', () => {
    expect(plain.heading('a') + plain.quiet('b') + plain.strong('c') + plain.bar('d') + plain.good('e')).toBe('abcde')
  })
})

describe('wrap', () => {
  it('breaks between words, and never within one', () => {
    expect(wrap('one two three', 7)).toBe('one two\nthree')
    expect(wrap('one unbreakable', 5, '  ')).toBe('  one\n  unbreakable')
  })

  it('keeps every word, and every line that has two of them within the width', () => {
    const words = fc.array(fc.stringMatching(/^[a-z]{1,12}$/), { minLength: 1, maxLength: 40 })
    fc.assert(
      fc.property(words, fc.integer({ min: 1, max: 60 }), (all, width) => {
        const lines = wrap(all.join(' '), width).split('\n')
        expect(lines.join(' ').split(' ')).toEqual(all)
        for (const line of lines) if (line.includes(' ')) expect(line.length).toBeLessThanOrEqual(width)
      }),
    )
  })
})

describe('bar', () => {
  it.each([
    [100n, 100n, 4, '████'],
    [50n, 100n, 4, '██'],
    [55n, 100n, 5, '██▊'],
    [1n, 1_000_000n, 4, '▏'],
    [0n, 100n, 4, ''],
    [-5n, 100n, 4, ''],
    [0n, 0n, 4, ''],
  ])('%s of %s in %s cells', (part, largest, cells, drawn) => {
    expect(bar(part, largest, cells)).toBe(drawn)
  })

  it('is never longer than its cells, and never shorter for more', () => {
    const amount = fc.bigInt({ min: 0n, max: 10n ** 15n })
    fc.assert(
      fc.property(fc.tuple(amount, amount, amount), fc.integer({ min: 1, max: 40 }), (amounts, cells) => {
        const [least, most, largest] = amounts.sort((a, b) => (a < b ? -1 : 1)) as [bigint, bigint, bigint]
        expect(bar(most, largest, cells).length).toBeLessThanOrEqual(cells)
        expect(bar(least, largest, cells).length).toBeLessThanOrEqual(bar(most, largest, cells).length)
      }),
    )
  })
})

describe('grid', () => {
  it('puts names to the left and numbers to the right, without lines', () => {
    expect(
      grid(
        plain,
        ['who', '>how much', 'when'],
        [
          ['a', '1.00', 'now'],
          ['longer', '12.00', ''],
        ],
      ),
    ).toBe(['  who     how much  when', '  a           1.00  now', '  longer     12.00'].join('\n'))
  })
})

describe('clip', () => {
  it('cuts at the edge of a terminal alone', () => {
    const terminal = paperFor(output({ isTTY: true, columns: 5 }))
    expect([clip(terminal, '12345'), clip(terminal, '123456'), clip(plain, 'x'.repeat(500)).length]).toEqual([
      '12345',
      '1234…',
      500,
    ])
  })
})

import { describe, expect, it } from 'vitest'
import { type BlockFormat, blockFormat } from './block.ts'
import { TableRows } from './table-rows.ts'

const format = blockFormat('payments', [
  { name: 'position', type: 'UInt64' },
  { name: 'line', type: 'UInt32' },
])
const row = (position: number) => ({ position, line: 0 })

describe('rows of a table', () => {
  it('are the same block whenever it became known what columns the table has', () => {
    const blocks = [0, 2, 5].map((knownAfter) => {
      let known: BlockFormat | undefined
      const rows = new TableRows(() => known)
      for (let nth = 0; nth < 5; nth++) {
        if (nth === knownAfter) known = format
        expect(rows.push(row(nth))).toBe(nth + 1)
        expect(rows.length).toBe(nth + 1)
      }
      return rows.bytes(format, 1)
    })
    expect(blocks[1]).toEqual(blocks[0])
    expect(blocks[2]).toEqual(blocks[0])
  })

  it('are refused by another table', () => {
    const rows = new TableRows(() => format, [row(1)])
    expect(() => rows.bytes(blockFormat('others', format.columns), 1)).toThrow(
      'These rows were put together for another table.',
    )
  })
})

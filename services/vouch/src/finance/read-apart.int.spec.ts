import { describe, expect, it } from 'vitest'
import { readApart } from './read-apart.ts'

const options = { format: 'csv', provider: 'bank', now: Date.UTC(2026, 6, 1) } as const
const header = 'reference,amount,currency,status,date\n'
const statement = (lines: number) =>
  Buffer.from(header + Array.from({ length: lines }, (_, n) => `R${n},1.00,EUR,settled,2026-05-04\n`).join(''))
const { signal } = new AbortController()

describe('a statement that is read in a thread of its own', () => {
  it('has the lines that it would have here, in their order', async () => {
    const many = await readApart(statement(10_000), options, signal)
    expect(many.length).toBe(10_000)
    const few = await readApart(statement(100), options, signal)
    expect(many.slice(0, 100)).toStrictEqual(few)
    expect(many.at(-1)).toMatchObject({ line: 10_001, stated: { reference: 'R9999', amount: { value: '1.00' } } })
  })

  it('is read beside all else', async () => {
    let turns = 0
    const turning = setInterval(() => turns++, 5)
    await readApart(statement(30_000), options, signal)
    clearInterval(turning)
    expect(turns).toBeGreaterThan(10)
  })

  it('is given up where nobody waits for it', async () => {
    const leaving = new AbortController()
    const reading = readApart(statement(100_000), options, leaving.signal)
    leaving.abort(new Error('gone'))
    await expect(reading).rejects.toThrow('gone')
    await expect(readApart(statement(10_000), options, leaving.signal)).rejects.toThrow('gone')
  })
})

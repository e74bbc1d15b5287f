import { formatMinor, type StatedLine, statementLineIds } from '@vouch/domain'
import { auditBooks } from '@vouch/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Desk, statements } from './desk.ts'

const references = new Desk().instructions

/** Whether what agrees with an instruction is never said in two ways that cannot both be so, nor one of them twice. */
function isOfOneMind(lines: readonly StatedLine[]): boolean {
  return references.every((it) => {
    const exact = lines.filter(
      ({ reference, amount, beneficiaryId = it.beneficiaryId }) =>
        reference === it.reference &&
        beneficiaryId === it.beneficiaryId &&
        amount.currency === it.currency &&
        amount.value === formatMinor(it.amountMinor, it.currency),
    )
    const said = exact.map(({ status }) => status)
    const isContradicted = said.includes('failed') && new Set(said).size > 1
    const providers = new Set(exact.map(({ provider }) => provider))
    return !isContradicted && new Set(said).size === said.length && providers.size <= 1
  })
}

const played = (files: readonly (readonly StatedLine[])[]): Desk => {
  const desk = new Desk()
  for (const file of files) desk.import(file)
  return desk
}

describe('whatever providers say, in whatever order, in whatever files, however often', () => {
  it('each instruction and each line is in exactly one class, always the same', () => {
    fc.assert(
      fc.property(statements, ({ lines, files }) => {
        const desk = played(files)
        expect(desk.classes).toStrictEqual(played([lines]).classes)
        const all = desk.reconciled()
        const instructed = all.filter((it) => it.instruction !== undefined && it.class !== 'duplicate')
        expect(instructed.map(({ reference }) => reference)).toStrictEqual(references.map(({ reference }) => reference))
        const said = all.flatMap((it) => it.said.map(({ id }) => id))
        expect(said.sort()).toStrictEqual(statementLineIds(lines).sort())
      }),
      { seed: 6, numRuns: 150 },
    )
  })

  it('the books come to the same, unless providers contradict themselves', () => {
    let count = 0
    fc.assert(
      fc.property(statements, ({ lines, files }) => {
        if (!isOfOneMind(lines)) return
        count++
        expect(played(files).balances).toStrictEqual(played([lines]).balances)
      }),
      { seed: 6, numRuns: 300 },
    )
    expect(count).toBeGreaterThan(100)
  })

  it('money is conserved, nothing is settled twice, and nothing is in transit that is settled', () => {
    fc.assert(
      fc.property(statements, ({ files }) => {
        const desk = played(files)
        const { books, payouts, balances } = desk
        expect(auditBooks(books.log, books.rows)).toStrictEqual([])
        const ids = books.log.map(({ event }) => event.id)
        expect(new Set(ids).size).toBe(ids.length)
        for (const currency of ['EUR', 'JPY', 'USD']) {
          const own = Object.entries(balances).filter(([name]) => name.endsWith(currency))
          expect(own.reduce((sum, [, of]) => sum + of, 0n)).toBe(0n)
          const open = [...(payouts.get('summer-1')?.lines.values() ?? [])].filter(
            (it) => it.outcome === undefined && it.currency === currency,
          )
          const digits = currency === 'JPY' ? 0 : 2
          const due = open.reduce((sum, it) => sum + it.amountMinor * 10n ** BigInt(4 - digits), 0n)
          expect(-(balances[`liability:in-transit:summer-1 ${currency}`] ?? 0n)).toBe(due)
        }
      }),
      { seed: 6, numRuns: 40 },
    )
  })
})

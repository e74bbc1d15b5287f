import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatMinor } from '../money.ts'
import { waysOf } from '../resolutions/decide.ts'
import type { Judged } from '../resolutions/judge.ts'
import { movedBy } from '../resolutions/postings.ts'
import { lineOf, Table } from '../resolutions/resolutions.examples.ts'
import type { ResolutionWay } from '../resolutions/ways.ts'
import { type Instruction, needsPerson, reconcile } from './reconcile.ts'
import { instruction, recorded } from './reconciliation.examples.ts'
import type { StatedLine } from './statement-line.ts'

/** A statement of which nothing is wrong, and what is to come of each reference. */
interface Told {
  readonly instructions: readonly Instruction[]
  /** By file, in the order in which they come. */
  readonly files: readonly [StatedLine[], StatedLine[]]
  /** Once the first file is there, and once both are; sorted. */
  readonly expected: readonly [Map<string, string[]>, Map<string, string[]>]
}

type Mutate = (told: Told, on: Instruction, also: Instruction, salt: number) => void

const money = (amountMinor: bigint, currency: string) => ({ value: formatMinor(amountMinor, currency), currency })

/** Puts other lines in the place of the one for an instruction. */
function replace(
  { files: [first] }: Told,
  { reference }: Instruction,
  ...by: readonly Partial<StatedLine>[]
): StatedLine {
  const at = first.findIndex((line) => line.reference === reference)
  const before = first[at] as StatedLine
  first.splice(at, 1, ...by.map((it) => ({ ...before, ...it })))
  return before
}

const expects = ({ expected }: Told, { reference }: { reference: string }, ...classes: readonly string[]) => {
  for (const map of expected) map.set(reference, [...classes].sort())
}

/** What can be wrong with a statement, each with what is to be found. */
const mutations: Readonly<Record<string, Mutate>> = {
  missing(told, on) {
    replace(told, on)
    expects(told, on, 'missing')
  },
  unexpected(told, on, _also, salt) {
    const reference = `nobody’s ${salt}`
    replace(told, on, {}, { reference })
    expects(told, { reference }, 'unexpected')
  },
  duplicate(told, on) {
    const { status } = replace(told, on, {}, {})
    expects(told, on, status, 'duplicate')
  },
  'duplicate on another day'(told, on) {
    const { status } = replace(told, on, { date: '2026-04-30' }, {})
    expects(told, on, status, 'duplicate')
  },
  'altered amount'(told, on, _also, salt) {
    const by = [1n, -1n, 100n, 90n * on.amountMinor][salt % 4] as bigint
    replace(told, on, { amount: money(on.amountMinor + by, on.currency) })
    expects(told, on, 'amount-differs')
  },
  'other currency'(told, on, _also, salt) {
    const currency = on.currency === 'USD' ? 'EUR' : 'USD'
    replace(told, on, { amount: money(on.amountMinor + BigInt(salt % 2), currency) })
    expects(told, on, 'currency-differs')
  },
  'swapped beneficiaries'(told, on, also) {
    replace(told, on, { beneficiaryId: also.beneficiaryId })
    replace(told, also, { beneficiaryId: on.beneficiaryId })
    for (const it of [on, also]) expects(told, it, 'missing', 'unexpected')
  },
  'split payment'(told, on, _also, salt) {
    const part = 1n + (BigInt(salt) % (on.amountMinor - 1n))
    const parts = [part, on.amountMinor - part].map((it) => ({
      amount: money(it, on.currency),
      status: 'settled' as const,
    }))
    replace(told, on, ...parts)
    expects(told, on, 'amount-differs', 'duplicate')
  },
  late(told, on) {
    const line = replace(told, on)
    told.files[1].push({ ...line, date: '2026-06-30' })
    told.expected[0].set(on.reference, ['missing'])
    told.expected[1].set(on.reference, [line.status])
  },
  'returned after settlement'(told, on) {
    const line = replace(told, on, { status: 'settled' })
    told.files[1].push({ ...line, status: 'returned', date: '2026-05-07' })
    told.expected[0].set(on.reference, ['settled'])
    told.expected[1].set(on.reference, ['returned'])
  },
  'fee taken from the amount'(told, on) {
    const fee = money(1n, on.currency)
    replace(told, on, { amount: money(on.amountMinor - 1n, on.currency), fee })
    expects(told, on, 'amount-differs')
  },
}
const kinds = Object.keys(mutations)

const currencies = ['EUR', 'USD', 'JPY', 'KWD'] as const
const statuses = ['settled', 'settled', 'settled', 'failed', 'returned'] as const

/** More instructions than can be hit, so that each batch has lines that are right. */
const size = kinds.length * 2 + 4
const correct = fc
  .array(
    fc.record({
      amount: fc.bigInt({ min: 2n, max: 10n ** 9n }),
      currency: fc.constantFrom(...currencies),
      status: fc.constantFrom(...statuses),
      isNamed: fc.boolean(),
    }),
    { minLength: size, maxLength: size },
  )
  .map((drawn): Told => {
    const instructions = drawn.map(({ amount, currency }, index) =>
      instruction(`R${index}`, amount, { currency, batchId: 'summer-1' }),
    )
    const lines = instructions.map(({ reference, beneficiaryId, amountMinor, currency }, index): StatedLine => {
      // Who is swapped has to be named.
      const isNamed = index < kinds.length * 2 || drawn[index]?.isNamed
      return {
        provider: 'bank',
        reference,
        ...(isNamed ? { beneficiaryId } : {}),
        amount: money(amountMinor, currency),
        status: drawn[index]?.status ?? 'settled',
        date: '2026-04-03',
      }
    })
    const right = () => new Map(lines.map(({ reference, status }) => [reference, [status as string]]))
    return { instructions, files: [lines, []], expected: [right(), right()] }
  })

function found(instructions: readonly Instruction[], ...files: readonly (readonly StatedLine[])[]) {
  const classes = new Map<string, string[]>()
  for (const it of reconcile(instructions, recorded(...files)))
    classes.set(it.reference, [...(classes.get(it.reference) ?? []), it.class].sort())
  return classes
}

const sorted = (classes: ReadonlyMap<string, string[]>) => [...classes].sort()

function check({ instructions, files: [first, second], expected: [before, after] }: Told): void {
  expect(sorted(found(instructions, first))).toStrictEqual(sorted(before))
  expect(sorted(found(instructions, first, second))).toStrictEqual(sorted(after))
  // The other way round, and twice.
  expect(sorted(found(instructions, second, first, second))).toStrictEqual(sorted(after))
}

/**
 * Resolves all that was found, file by file, each in some way that makes sense: then nothing needs a person, accounts have what
 * statements say, and each beneficiary has got, is owed or has given up what was instructed.
 */
function resolveAll({ instructions, files }: Told, salt: number): void {
  const table = new Table(instructions)
  for (const lines of [recorded(files[0]), recorded(...files)]) {
    table.say(lines)
    for (let count = 0; ; count++) {
      const open = table.judged.filter((it) => it.needsPerson)
      // A duplicate after its instruction.
      const it = open.find(({ class: of }) => of !== 'duplicate') ?? open[0]
      if (it === undefined) break
      const ways = waysOf(it, table.receivers)
      const as = ways[(salt + count) % ways.length] as ResolutionWay
      const isAlone = it.class === 'duplicate' || it.class === 'unexpected'
      const rate =
        it.class === 'currency-differs' && as !== 'retry' && it.said.some(({ status }) => status === 'settled')
      const word = { reference: it.reference, as, line: isAlone ? it.said[0]?.id : 'instruction' }
      expect(
        table.resolve({
          ...word,
          ...(rate ? { rate: '0.9' } : {}),
          ...(needsProvider(it, as) ? { provider: 'bank' } : {}),
        }),
      ).toBe(`${it.class} ${as}`)
    }
  }
  for (const instruction of instructions) {
    const standing = table.standings.get(instruction.reference)
    const { instruction: _none, ...judged } = table.judged.find(
      (it) => it.reference === instruction.reference && it.class !== 'duplicate' && it.class !== 'unexpected',
    ) as Judged
    const settled = judged.said.find(({ status }) => status === 'settled')
    const back = settled === undefined ? undefined : judged.said.find(({ status }) => status === 'returned')
    const left = [settled?.amountMinor ?? 0n, -(back?.amountMinor ?? 0n)].reduce((sum, one) => sum + one, 0n)
    const byWord = judged.said.length === 0 && judged.resolution?.as === 'accept' ? instruction.amountMinor : 0n
    expect(standing?.paid.reduce((sum, { amountMinor }) => sum + amountMinor, 0n)).toBe(left + byWord)
    const line = lineOf(instruction)
    const batch = { batchId: instruction.batchId, programId: instruction.programId }
    const { paid, writtenOff } = movedBy(batch, line, standing)
    const transit = [...paid, ...writtenOff].filter(({ debit }) => debit.startsWith('liability:in-transit:'))
    expect(transit.reduce((sum, { amountMinor }) => sum + amountMinor, 0n)).toBe(instruction.amountMinor)
  }
}

const needsProvider = (it: Judged, as: ResolutionWay): boolean => it.class === 'missing' && as === 'accept'

describe('a statement', () => {
  it('of which nothing is wrong raises no alarm', () => {
    fc.assert(
      fc.property(correct, (told) => {
        check(told)
        expect(
          reconcile(told.instructions, recorded(...told.files)).filter((it) => needsPerson(it.class)),
        ).toStrictEqual([])
      }),
      { seed: 6, numRuns: 50 },
    )
  })

  it.each(kinds)('with one thing wrong is found out, and can be resolved: %s', (kind) => {
    fc.assert(
      fc.property(correct, fc.nat(1000), (told, salt) => {
        const [on, also] = told.instructions as [Instruction, Instruction]
        mutations[kind]?.(told, on, also, salt)
        check(told)
        resolveAll(told, salt)
      }),
      { seed: 6, numRuns: 50 },
    )
  })

  it('with any number of things wrong is found out in each of them, and in nothing else', () => {
    fc.assert(
      fc.property(correct, fc.shuffledSubarray(kinds, { minLength: 2 }), fc.nat(1000), (told, chosen, salt) => {
        for (const [index, kind] of chosen.entries()) {
          const [on, also] = told.instructions.slice(index * 2) as [Instruction, Instruction]
          mutations[kind]?.(told, on, also, salt + index)
        }
        check(told)
        resolveAll(told, salt)
      }),
      { seed: 6, numRuns: 300 },
    )
  })
})

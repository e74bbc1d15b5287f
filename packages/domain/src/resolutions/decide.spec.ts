import { isLeft, isRight } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { instruction, recorded, stated } from '../reconciliation/reconciliation.examples.ts'
import type { StatedLine } from '../reconciliation/statement-line.ts'
import type { ResolveDiscrepancy } from './decide.ts'
import { Table } from './resolutions.examples.ts'
import { resolutionWays } from './ways.ts'

const eur = (value: string) => ({ value, currency: 'EUR' })
const usd = (value: string) => ({ value, currency: 'USD' })
const b = stated('B')

function table(...lines: readonly StatedLine[]): Table {
  const found = new Table([instruction('A'), instruction('B')])
  found.say(recorded([...lines, b]))
  return found
}

/** What each way of resolving A comes to, by itself: what it is resolved as, or why it is refused. */
const answers = (lines: readonly StatedLine[], more: Partial<ResolveDiscrepancy> = {}): string[] =>
  resolutionWays.map((as) => table(...lines).resolve({ reference: 'A', as, ...more }))

const dollars = stated('A', { amount: usd('11.00') })
const back = stated('A', { status: 'returned', date: '2026-04-09' })

// accept, write-off, retry, disregard.
describe('a discrepancy can be resolved in the ways that make sense', () => {
  it.each<[string, readonly StatedLine[], Partial<ResolveDiscrepancy>, readonly string[]]>([
    ['missing', [], {}, ['missing accept', 'missing write-off', 'missing retry', 'no-sense']],
    [
      'paid otherwise',
      [stated('A', { amount: eur('9.00') })],
      {},
      ['amount-differs accept', 'amount-differs write-off', 'no-sense', 'no-sense'],
    ],
    [
      'failed otherwise',
      [stated('A', { amount: eur('9.00'), status: 'failed' })],
      {},
      ['amount-differs accept', 'amount-differs write-off', 'amount-differs retry', 'no-sense'],
    ],
    [
      'paid, and returned in part',
      [stated('A'), { ...back, amount: eur('9.00') }],
      {},
      ['amount-differs accept', 'amount-differs write-off', 'amount-differs retry', 'no-sense'],
    ],
    ['paid in another currency', [dollars], {}, ['rate', 'rate', 'no-sense', 'no-sense']],
    [
      'paid in another currency, at a rate',
      [dollars],
      { rate: '0.9' },
      ['currency-differs accept', 'currency-differs write-off', 'no-sense', 'no-sense'],
    ],
    [
      'paid in another currency, and returned in a third',
      [dollars, { ...back, amount: { value: '9.00', currency: 'GBP' } }],
      { rate: '0.9' },
      ['rate', 'rate', 'rate', 'no-sense'],
    ],
    [
      'paid twice',
      [stated('A'), stated('A')],
      {},
      ['duplicate accept', 'duplicate write-off', 'no-sense', 'duplicate disregard'],
    ],
    [
      'paid, and failed as well',
      [stated('A'), stated('A', { status: 'failed' })],
      {},
      ['duplicate accept', 'no-sense', 'no-sense', 'duplicate disregard'],
    ],
    [
      'paid to somebody else, and to whom it was for',
      [stated('A'), stated('A', { beneficiaryId: 'who-B' })],
      {},
      ['unexpected accept', 'unexpected write-off', 'no-sense', 'unexpected disregard'],
    ],
    [
      'paid to somebody unknown, and to whom it was for',
      [stated('A'), stated('A', { beneficiaryId: 'zoe' })],
      {},
      ['no-sense', 'unexpected write-off', 'no-sense', 'unexpected disregard'],
    ],
    ['paid as instructed', [stated('A')], {}, Array(4).fill('nothing-open')],
    ['missing, with a rate', [], { rate: '0.9' }, ['rate', 'rate', 'rate', 'no-sense']],
    ['missing, with a provider', [], { provider: 'other' }, ['missing accept', 'provider', 'provider', 'no-sense']],
    ['missing, of another batch', [], { batchId: 'summer-2' }, Array(4).fill('unknown-reference')],
    ['missing, by the id of no line', [], { line: 'x' }, Array(4).fill('unknown-line')],
    [
      'in two lines',
      [stated('A', { amount: eur('4.00') }), stated('A', { amount: eur('6.00') })],
      {},
      Array(4).fill('several-lines'),
    ],
  ])('%s', (_name, lines, more, expected) => {
    expect(answers(lines, more)).toStrictEqual(expected)
  })

  it('but not a duplicate before its instruction', () => {
    const parts = [stated('A', { amount: eur('4.00') }), stated('A', { amount: eur('6.00') })]
    const found = table(...parts)
    const duplicate = found.judged.find((it) => it.class === 'duplicate')?.said[0]?.id
    const both = { reference: 'A', as: 'accept' } as const
    expect(found.resolve({ ...both, line: duplicate })).toBe('instruction-first')
    expect(found.resolve({ ...both, line: 'instruction' })).toBe('amount-differs accept')
    expect(found.resolve({ ...both, line: duplicate })).toBe('duplicate accept')
    expect(found.judged.some((it) => it.needsPerson)).toBe(false)
  })
})

describe('a resolution', () => {
  it('is an event that names what it is about, with who and why', () => {
    const lines = [stated('A', { amount: eur('9.00') })]
    const [id] = recorded(lines).map((line) => line.id)
    const decision = table(...lines).decide({ reference: 'A', as: 'write-off', reason: 'bank fee' })
    expect(isRight(decision) && decision.right).toStrictEqual([
      {
        type: 'vouch.discrepancy.resolved.v1',
        id: 'resolved/summer/1',
        data: {
          programId: 'summer',
          batchId: 'summer-1',
          reference: 'A',
          class: 'amount-differs',
          resolution: 'write-off',
          by: 'hal',
          reason: 'bank fee',
          lines: [{ id, provider: 'bank', amount: eur('9.00'), status: 'settled', date: '2026-04-03' }],
        },
      },
    ])
  })

  it('that was given is given again by whomever without an event, and changed with a word that says so', () => {
    const found = table()
    expect(found.resolve({ reference: 'A', as: 'retry' })).toBe('missing retry')
    expect(found.resolve({ reference: 'A', as: 'retry', by: 'ivy' })).toBe('done')
    expect(found.resolve({ reference: 'A', as: 'accept' })).toBe('nothing-open')
    expect(found.resolve({ reference: 'A', as: 'accept', correct: true })).toBe('missing accept')
    expect(found.resolved.map(({ id }) => id)).toStrictEqual(['resolved/summer/1', 'resolved/summer/2'])
  })

  it('of what is missing asks whose account it was, if several could be meant', () => {
    const found = table(stated('B', { provider: 'other' }))
    expect(found.resolve({ reference: 'A', as: 'accept' })).toBe('provider')
    expect(found.resolve({ reference: 'A', as: 'accept', provider: 'other' })).toBe('missing accept')
    expect(found.resolved[0]?.data.provider).toBe('other')
    expect(table().decide({ reference: 'A', as: 'accept' })).toMatchObject({ right: [{ data: { provider: 'bank' } }] })
  })

  it('of what no payout knows belongs to no program', () => {
    const found = table(stated('A'), stated('X', { beneficiaryId: undefined }))
    expect(found.decide({ reference: 'X', as: 'write-off' })).toMatchObject({
      right: [{ id: 'resolved/statements/1', data: { programId: 'statements', class: 'unexpected', reference: 'X' } }],
    })
  })

  it('says what would be right where it is refused', () => {
    const decision = table(dollars).decide({ reference: 'A', as: 'retry' })
    expect(isLeft(decision) && decision.left.says).toBe(
      'A is currency-differs, and it was paid: accept leaves what is open to the next batch; it can be resolved as accept, write-off.',
    )
  })
})

describe('what was resolved needs a person again', () => {
  const late = stated('A', { date: '2026-04-20' })
  const needing = (as: 'accept' | 'write-off' | 'retry', then: StatedLine) => {
    const found = table()
    found.resolve({ reference: 'A', as })
    expect(found.judged.some((it) => it.needsPerson)).toBe(false)
    found.say(recorded([b, then]))
    return found.judged.filter((it) => it.needsPerson).map((it) => it.class)
  }

  it.each([
    ['accept', late, []],
    ['accept', { ...late, provider: 'other' }, ['settled']],
    ['accept', { ...late, status: 'failed' as const }, ['failed']],
    ['accept', { ...late, amount: eur('9.00') }, ['amount-differs']],
    ['write-off', late, ['settled']],
    ['write-off', { ...late, status: 'failed' as const }, ['failed']],
    ['retry', late, ['settled']],
    ['retry', { ...late, status: 'failed' as const }, []],
    ['retry', { ...late, amount: eur('9.00') }, ['amount-differs']],
  ] as const)('as %s, if a statement says otherwise later: %o', (as, then, expected) => {
    expect(needing(as, then)).toStrictEqual(expected)
  })

  it('if a line that was resolved by itself turns out to be the instruction’s', () => {
    const failed = stated('A', { status: 'failed' })
    const found = table(failed, back)
    expect(found.resolve({ reference: 'A', as: 'accept' })).toBe('duplicate accept')
    found.say(recorded([failed, back, stated('A'), b]))
    const open = found.judged.filter((it) => it.needsPerson).map((it) => it.class)
    expect(open).toStrictEqual(['returned', 'duplicate'])
    found.resolve({ reference: 'A', as: 'accept', line: 'instruction' })
    expect(found.resolved.at(-1)?.data.lines.map((line) => line.before)).toStrictEqual([
      undefined,
      { resolution: 'accept', about: { batchId: 'summer-1', reference: 'A' } },
    ])
  })
})

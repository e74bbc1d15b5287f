import { type Either, isRight, left, right } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { parseEvent } from '../events/parse.ts'
import { entriesOf } from '../ledger/transaction.ts'
import { formatMinor } from '../money.ts'
import { type ConvertBalances, type ConvertedEvent, type DecidedConversion, decideConvert } from './convert.ts'
import { exchangeTransactions } from './exchange-postings.ts'
import { balance, noon } from './payouts.examples.ts'
import { convertedType } from './types.ts'

const converting = (more: Partial<ConvertBalances> = {}): ConvertBalances => ({
  programId: 'summer',
  from: 'USD',
  to: 'EUR',
  rate: '0.9213',
  asOf: '2026-03-31',
  by: 'fay',
  balances: [balance('anna', 1000n, 'USD'), balance('ben', 650n)],
  position: 10n,
  newest: 0n,
  suspended: new Set(),
  ...more,
})

/** @throws where it is refused, or nothing comes of it */
function decided(command: ConvertBalances): DecidedConversion {
  const decision = decideConvert(command, new Map())
  if (!isRight(decision)) throw new Error(decision.left.says)
  const [one] = decision.right
  if (one === undefined) throw new Error('nothing was decided')
  return one
}

const eventOf = (it: DecidedConversion): ConvertedEvent => ({ ...it, source: 'vouch/payouts', time: noon })
const known = (...commands: readonly ConvertBalances[]) =>
  new Map(commands.map(decided).map((it) => [it.data.conversionId, eventOf(it)]))

/** The ids of the events, or the tag of the rejection. */
const told = (command: ConvertBalances, before: ReadonlyMap<string, ConvertedEvent>): Either<string, string[]> => {
  const decision = decideConvert(command, before)
  return isRight(decision) ? right(decision.right.map(({ type, id }) => `${type} ${id}`)) : left(decision.left.tag)
}

const none = known()
const first = known(converting())
const converted = (id: string) => right([`${convertedType} ${id}`])
const nothing = right([])
/** All that can be wrong from one thing on. */
const behind = { newest: 11n, balances: [] }
const bad = { ...behind, rate: '0' }
const unknown = { ...bad, to: 'EURO' }

// With as many things wrong as it takes to see which of two is named first.
const table: readonly [string, typeof none, ConvertBalances, Either<string, string[]>][] = [
  ['is the first', none, converting(), converted('USD-EUR-1')],
  ['is the next', first, converting(), converted('USD-EUR-2')],
  ['has a name of its own', first, converting({ conversionId: 'may' }), converted('may')],
  ['is repeated', first, converting({ conversionId: 'USD-EUR-1', ...behind }), nothing],
  [
    'is repeated in other words',
    first,
    converting({ conversionId: 'USD-EUR-1', by: ' FAY', rate: '00.92130' }),
    nothing,
  ],
  [
    'is another of that name',
    first,
    converting({ conversionId: 'USD-EUR-1', ...unknown, from: 'EURO' }),
    left('conversion-exists'),
  ],
  [
    'is from another currency',
    first,
    converting({ conversionId: 'USD-EUR-1', from: 'JPY' }),
    left('conversion-exists'),
  ],
  ['is to another currency', first, converting({ conversionId: 'USD-EUR-1', to: 'JPY' }), left('conversion-exists')],
  ['is at another rate', first, converting({ conversionId: 'USD-EUR-1', rate: '0.9214' }), left('conversion-exists')],
  [
    'is of another day',
    first,
    converting({ conversionId: 'USD-EUR-1', asOf: '2026-04-01' }),
    left('conversion-exists'),
  ],
  ['is by another', first, converting({ conversionId: 'USD-EUR-1', by: 'gil' }), left('conversion-exists')],
  ['is for another reason', first, converting({ conversionId: 'USD-EUR-1', reason: 'x' }), left('conversion-exists')],
  ['is to the same', none, converting({ ...unknown, from: 'EURO' }), left('same-currency')],
  ['is to what is none', none, converting(unknown), left('unknown-currency')],
  ['is to gold', none, converting({ to: 'XAU' }), left('unknown-currency')],
  ['is from what is none', none, converting({ ...bad, from: 'usd' }), left('unknown-currency')],
  ['is at no rate', none, converting(bad), left('bad-rate')],
  ['is at a rate below zero', none, converting({ rate: '-1' }), left('bad-rate')],
  ['is at a rate of too many digits', none, converting({ rate: '0.12345678901' }), left('bad-rate')],
  ['is on old tables', none, converting(behind), left('tables-behind')],
  ['is on tables with the newest', none, converting({ newest: 10n }), converted('USD-EUR-1')],
  [
    'comes to too much, on old tables',
    none,
    converting({ newest: 11n, balances: [balance('anna', 10n ** 13n, 'USD')], rate: '9999' }),
    left('tables-behind'),
  ],
  [
    'comes to too much',
    none,
    converting({ balances: [balance('anna', 10n ** 12n, 'USD')], rate: '100' }),
    left('amount-too-large'),
  ],
  [
    'comes to too great a debt',
    none,
    converting({ balances: [balance('anna', -(10n ** 12n), 'USD')], rate: '100' }),
    left('amount-too-large'),
  ],
  [
    'comes to the most there is',
    none,
    converting({ balances: [balance('anna', 10n ** 12n, 'USD')], rate: '99.9999999999' }),
    converted('USD-EUR-1'),
  ],
  ['is of nothing', none, converting({ balances: [] }), left('nothing-to-convert')],
  ['is of other currencies', none, converting({ balances: [balance('ben', 650n)] }), left('nothing-to-convert')],
  ['is of zero', none, converting({ balances: [balance('ben', 0n, 'USD')] }), left('nothing-to-convert')],
  ['is of the suspended', none, converting({ suspended: new Set(['anna']) }), left('nothing-to-convert')],
  [
    'comes to nothing',
    none,
    converting({ balances: [balance('anna', 1n, 'USD')], rate: '0.4' }),
    left('nothing-to-convert'),
  ],
  ['is of a debt', none, converting({ balances: [balance('anna', -1n, 'USD')] }), converted('USD-EUR-1')],
]

describe('a conversion of balances', () => {
  it.each(table)('that %s', (_name, before, command, expected) => {
    expect(told(command, before)).toStrictEqual(expected)
  })

  it('that is refused says so in sentences', () => {
    for (const [name, before, command] of table) {
      const decision = decideConvert(command, before)
      if (isRight(decision)) continue
      expect(decision.left.says, name).toMatch(/^["A-Z].*\.$/)
      expect(decision.left.says, name).not.toContain('undefined')
    }
  })

  it('takes no name that somebody has made up', () => {
    expect(told(converting(), known(converting({ conversionId: 'USD-EUR-2' })))).toStrictEqual(converted('USD-EUR-3'))
  })

  it('has a line for each balance, debts too, and names those that stay as they are', () => {
    const { data } = decided(
      converting({
        rate: '00.92130',
        reason: 'reference rate',
        balances: [
          balance('cleo', 1n, 'USD'),
          balance('ben as upline', -150n, 'USD'),
          balance('ben', 800n, 'USD'),
          balance('eve as referee', 700n, 'USD'),
          balance('eve', 700n, 'USD'),
          balance('anna', 600n, 'JPY'),
          balance('dan', 0n, 'USD'),
        ],
        suspended: new Set(['eve']),
      }),
    )
    expect(data).toStrictEqual({
      programId: 'summer',
      conversionId: 'USD-EUR-1',
      from: 'USD',
      to: 'EUR',
      rate: '0.9213',
      asOf: '2026-03-31',
      by: 'fay',
      reason: 'reference rate',
      position: 10,
      lines: [
        { beneficiaryId: 'ben', role: 'advocate', from: '8.00', to: '7.37' },
        { beneficiaryId: 'ben', role: 'upline', from: '-1.50', to: '-1.38' },
        { beneficiaryId: 'cleo', role: 'advocate', from: '0.01', to: '0.01' },
        { beneficiaryId: 'eve', role: 'referee', from: '7.00', to: '6.45' },
      ],
      carried: [{ beneficiaryId: 'eve', role: 'advocate', value: '7.00', reason: 'suspended' }],
    })
  })

  it('leaves what would come to nothing where it is, suspended before all', () => {
    const balances = [balance('anna', 1n, 'USD'), balance('ben', 2n, 'USD'), balance('eve', 1n, 'USD')]
    const { data } = decided(converting({ balances, rate: '0.4', suspended: new Set(['eve']) }))
    expect(data.lines).toStrictEqual([{ beneficiaryId: 'ben', role: 'advocate', from: '0.02', to: '0.01' }])
    expect(data.carried.map(({ beneficiaryId, reason }) => `${beneficiaryId} ${reason}`)).toStrictEqual([
      'anna rounds-to-zero',
      'eve suspended',
    ])
  })
})

describe('the event of a conversion', () => {
  const { data } = decided(converting())
  const parsed = (more: Partial<Record<keyof typeof data, unknown>>) => {
    const time = new Date(noon).toISOString()
    const result = parseEvent(
      { specversion: '1.0', id: 'x', source: 'vouch/payouts', type: convertedType, time, data: { ...data, ...more } },
      noon,
    )
    return isRight(result) ? right(result.right.data) : left(`${result.left.field} ${result.left.reason}`)
  }
  const [line] = data.lines

  it('is as it was decided', () => {
    expect(parsed({})).toStrictEqual(right(data))
  })

  it.each([
    [
      'another sum than the rate makes',
      { lines: [{ ...line, to: '9.22' }] },
      'data.lines[0].from comes to 9.21 EUR at 0.9213, not to "9.22"',
    ],
    [
      'more digits',
      { lines: [{ ...line, to: '9.2100' }] },
      'data.lines[0].from comes to 9.21 EUR at 0.9213, not to "9.2100"',
    ],
    [
      'nothing',
      { lines: [{ ...line, from: '0.00', to: '0.00' }] },
      'data.lines[0].from is no amount of USD that comes to anything in EUR',
    ],
    [
      'no amount',
      { lines: [{ ...line, from: 'ten' }] },
      'data.lines[0].from is no amount of USD that comes to anything in EUR',
    ],
    ['no lines', { lines: [] }, 'data.lines is a list; write a list of at least 1'],
    ['the same currency twice', { from: 'EUR' }, 'data.to is EUR as well'],
    ['no currency', { to: 'eur' }, 'data.to "eur" is not an ISO 4217 currency code; did you mean EUR?'],
    [
      'no rate',
      { rate: '0' },
      'data.rate "0" is not a rate; write a decimal above zero with at most 8 digits before the point and 10 after it, such as "0.9213"',
    ],
  ])('does not have %s', (_name, more, says) => {
    expect(parsed(more)).toStrictEqual(left(says))
  })
})

describe('what a conversion books', () => {
  const { data } = decided(
    converting({
      conversionId: 'a b',
      rate: '0.5',
      balances: [
        balance('anna', 1n, 'USD'),
        balance('ben', 1n, 'USD'),
        balance('cleo', -2n, 'USD'),
        balance('dan', 301n, 'USD'),
      ],
    }),
  )
  const booked = exchangeTransactions(data, '2026-04-02').map(({ id, memo, movement, effectiveOn, ...rest }) => ({
    id,
    memo,
    movement,
    effectiveOn,
    entries: entriesOf({ id, memo, movement, effectiveOn, ...rest }).map(
      ({ account, party, amountMinor, currency }) =>
        `${account} ${formatMinor(amountMinor, currency)} ${currency} ${party}`,
    ),
  }))
  const common = { movement: 'converted', effectiveOn: '2026-04-02', memo: 'conversion a%20b: USD to EUR at 0.5' }
  const anna = 'summer:advocate:anna'

  it('goes from payable to payable by way of the exchange, for each by itself', () => {
    expect(booked[0]).toStrictEqual({
      id: `converted/a%20b/${anna}`,
      ...common,
      entries: [
        `liability:payable:${anna} 0.01 USD ${anna}`,
        `equity:exchange -0.01 USD ${anna}`,
        `equity:exchange 0.01 EUR ${anna}`,
        `liability:payable:${anna} -0.01 EUR ${anna}`,
      ],
    })
    expect(booked[2]?.entries[0]).toBe('liability:payable:summer:advocate:cleo -0.02 USD summer:advocate:cleo')
  })

  it('ends with what rounding made of it, so that the exchange is left with the rate and no more', () => {
    // 1, 1, -1 and 151 cents, where the rate makes 150.5 of 301, which is 151.
    expect(booked.at(-1)).toStrictEqual({
      id: 'converted/a%20b/summer',
      ...common,
      memo: `${common.memo}, rounding`,
      entries: ['expense:exchange-differences 0.01 EUR ', 'equity:exchange -0.01 EUR '],
    })
    expect(booked.length).toBe(5)
  })

  it('counts from the day whose balances it converts, if that is later', () => {
    expect(exchangeTransactions({ ...data, asOf: '2026-05-31' }, '2026-04-02')[0]?.effectiveOn).toBe('2026-05-31')
  })
})

import { type Either, left, right } from 'fp-ts/lib/Either.js'
import { currencyProblem } from '../currency.ts'
import { notExchangeRate, type UnconvertedReason } from '../events/balances.ts'
import type { DataOf, EventOf, VouchEvent } from '../events/types.ts'
import { partyId } from '../ledger/accounts.ts'
import { kindOfRole } from '../ledger/party.ts'
import { formatMinor, maxIntegerDigits } from '../money.ts'
import { compareText } from '../order.ts'
import { quote } from '../quote.ts'
import { canonicalRate } from '../rate.ts'
import { type Exchange, exchanged, exchangeRateDigits } from './exchange.ts'
import type { ConvertedLine } from './exchange-postings.ts'
import type { Balance } from './lines.ts'
import { isSamePerson } from './person.ts'
import { convertedType } from './types.ts'
import { type Withheld, withheldBecause } from './withheld.ts'

/** Payable balances were brought from one currency to another. */
export type ConvertedEvent = EventOf<typeof convertedType>

export const isConvertedEvent = (event: VouchEvent): event is ConvertedEvent => event.type === convertedType

export interface ConvertBalances extends Withheld {
  readonly programId: string
  /** A name that the caller made up, so that the same command repeated does not convert twice; else one is made. */
  readonly conversionId?: string | undefined
  readonly from: string
  readonly to: string
  /** Units of `to` for one unit of `from`, as it was typed. */
  readonly rate: string
  readonly asOf: string
  readonly by: string
  readonly reason?: string | undefined
  /** What is payable, in whatever currency, and at which log position that was known. */
  readonly balances: readonly Balance[]
  readonly position: bigint
  /** The newest event of the program's payouts in the log. */
  readonly newest: bigint
}

/** Why a conversion is not done; `says` is a sentence for people. */
export interface ConvertRejection {
  readonly tag:
    | 'conversion-exists'
    | 'same-currency'
    | 'unknown-currency'
    | 'bad-rate'
    | 'tables-behind'
    | 'amount-too-large'
    | 'nothing-to-convert'
  readonly says: string
}

export interface DecidedConversion {
  readonly type: typeof convertedType
  readonly id: string
  readonly data: DataOf<typeof convertedType>
}

type Decision = Either<ConvertRejection, readonly DecidedConversion[]>

const no = (tag: ConvertRejection['tag'], says: string): Decision => left({ tag, says })

/**
 * Converts every payable balance in one currency to another, debts too; none where the same was done under that name before. In
 * order of precedence: as `ConvertRejection` lists it.
 * @param known the program's conversions by their names
 */
export function decideConvert(command: ConvertBalances, known: ReadonlyMap<string, ConvertedEvent>): Decision {
  const { programId, from, to, asOf, by, reason, position, newest } = command
  const conversionId = command.conversionId ?? nextId(from, to, known)
  const rate = canonicalRate(command.rate, exchangeRateDigits)
  const existing = known.get(conversionId)?.data
  if (existing) {
    if (isRepeated(command, rate, existing)) return right([])
    return no(
      'conversion-exists',
      `Conversion ${conversionId} is there already: ${existing.from} to ${existing.to} at ${existing.rate} as of ${existing.asOf}, by ${existing.by}; name another.`,
    )
  }
  if (from === to) return no('same-currency', `Nothing is converted from ${from} to ${to}; name two currencies.`)
  const unknown = currencyProblem(from) ?? currencyProblem(to)
  if (unknown !== undefined) return no('unknown-currency', `${unknown}.`)
  if (rate === undefined) return no('bad-rate', `${quote(command.rate)} ${notExchangeRate}.`)
  if (position < newest)
    return no(
      'tables-behind',
      `The tables are at position ${position}, and the newest payout of ${programId} is at ${newest}: nothing is converted of balances that lack it. Try again when vouch doctor says that they have caught up.`,
    )
  const { lines, carried } = linesAt({ from, to, rate }, command)
  const large = lines.find(({ toMinor }) => isTooLarge(toMinor, to))
  if (large !== undefined)
    return no(
      'amount-too-large',
      `At ${rate} the balance of ${partyId(programId, large.role, large.beneficiaryId)} comes to ${formatMinor(large.toMinor, to)} ${to}; at most ${maxIntegerDigits} digits before the point are taken. Look at the rate again.`,
    )
  if (lines.length === 0)
    return no('nothing-to-convert', `Nothing is payable in ${from} in ${programId} as of ${asOf}${because(carried)}.`)
  const data = {
    programId,
    conversionId,
    from,
    to,
    rate,
    asOf,
    by,
    ...(reason === undefined ? {} : { reason }),
    position: Number(position),
    lines: lines.map(({ beneficiaryId, role, fromMinor, toMinor }) => ({
      beneficiaryId,
      role,
      from: formatMinor(fromMinor, from),
      to: formatMinor(toMinor, to),
    })),
    carried: carried.map(({ beneficiaryId, role, amountMinor, reason }) => ({
      beneficiaryId,
      role,
      value: formatMinor(amountMinor, from),
      reason,
    })),
  }
  return right([{ type: convertedType, id: conversionId, data }])
}

/** Conversions of a program are numbered. */
function nextId(from: string, to: string, known: ReadonlyMap<string, ConvertedEvent>): string {
  let number = known.size + 1
  while (known.has(`${from}-${to}-${number}`)) number++
  return `${from}-${to}-${number}`
}

const isRepeated = (
  { from, to, asOf, by, reason }: ConvertBalances,
  rate: string | undefined,
  before: ConvertedEvent['data'],
): boolean =>
  before.from === from &&
  before.to === to &&
  before.rate === rate &&
  before.asOf === asOf &&
  isSamePerson(before.by, by) &&
  before.reason === reason

interface Unconverted extends Balance {
  readonly reason: UnconvertedReason
}

/** In order of beneficiary, then role: a line for each balance, since each is rounded by itself. */
function linesAt(
  exchange: Exchange,
  { balances, suspended, holds }: Pick<ConvertBalances, 'balances' | keyof Withheld>,
): { readonly lines: readonly ConvertedLine[]; readonly carried: readonly Unconverted[] } {
  const lines: ConvertedLine[] = []
  const carried: Unconverted[] = []
  const own = balances
    .filter(({ currency, amountMinor }) => currency === exchange.from && amountMinor !== 0n)
    .sort((a, b) => compareText(a.beneficiaryId, b.beneficiaryId) || compareText(a.role, b.role))
  for (const balance of own) {
    const { role, beneficiaryId, amountMinor } = balance
    const toMinor = exchanged(amountMinor, exchange)
    const withheld = withheldBecause(kindOfRole(role), beneficiaryId, { suspended, holds })
    if (withheld !== undefined) carried.push({ ...balance, reason: withheld })
    else if (toMinor === 0n) carried.push({ ...balance, reason: 'rounds-to-zero' })
    else lines.push({ role, beneficiaryId, fromMinor: amountMinor, toMinor })
  }
  return { lines, carried }
}

function isTooLarge(minor: bigint, currency: string): boolean {
  const [whole = ''] = formatMinor(minor < 0n ? -minor : minor, currency).split('.')
  return whole.length > maxIntegerDigits
}

function because(carried: readonly Unconverted[]): string {
  if (carried.length === 0) return ''
  const counts = Map.groupBy(carried, ({ reason }) => reason)
  return `; carried over: ${[...counts].map(([reason, of]) => `${of.length} ${reason.replaceAll('-', ' ')}`).join(', ')}`
}

import { accounts, partyId } from '../ledger/accounts.ts'
import type { Movement, Transaction, Transfer } from '../ledger/transaction.ts'
import type { PayoutLine } from '../payouts/lines.ts'
import type { PostedBatch } from '../payouts/postings.ts'
import { percentEncoded } from '../percent.ts'
import { split } from '../split.ts'
import type { LineStanding, Said } from './standing.ts'
import type { ResolutionWay } from './ways.ts'

/** What moves, told by what it does: what is paid or owed, and what is written off. */
export interface Moved {
  readonly paid: readonly Transfer[]
  readonly writtenOff: readonly Transfer[]
}

export const nothingMoved: Moved = { paid: [], writtenOff: [] }

type Payer = Pick<PostedBatch, 'batchId' | 'programId'>

const partiesOf = ({ programId }: Pick<PostedBatch, 'programId'>, { parts, beneficiaryId }: PayoutLine): string[] =>
  parts.map(({ role }) => partyId(programId, role, beneficiaryId))

/** All that a line has moved by the time that it stands so, from when it was in transit on. */
export function movedBy(batch: Payer, line: PayoutLine, standing: LineStanding | undefined): Moved {
  if (standing === undefined) return nothingMoved
  const { as, paid } = standing
  const { currency } = line
  const parties = partiesOf(batch, line)
  const transit = accounts.inTransit(batch.batchId)
  const each = (debit: string, credit: (party: string) => string, amounts: readonly bigint[]): Transfer[] =>
    parties.map((party, index) => ({
      debit,
      credit: credit(party),
      amountMinor: amounts[index] as bigint,
      currency,
      party,
    }))
  const whole = line.parts.map(({ amountMinor }) => amountMinor)
  if (as === 'retry')
    return {
      paid: each(transit, accounts.payable, whole),
      writtenOff: paid.map((it) => outOfPocket(it, parties[0] ?? '')),
    }
  let open = whole
  const gone: Transfer[] = []
  for (const it of paid) {
    const shares = sharesOf(it.countedMinor, line)
    open = open.map((amount, index) => amount - (shares[index] as bigint))
    const isForeign = it.currency !== currency
    gone.push(...each(transit, () => (isForeign ? accounts.exchange : accounts.cash(it.provider)), shares))
    if (isForeign) gone.push(transfer(accounts.exchange, it, parties[0] ?? ''))
  }
  return as === 'accept'
    ? { paid: [...gone, ...each(transit, accounts.payable, open)], writtenOff: [] }
    : { paid: gone, writtenOff: each(transit, () => accounts.writtenOff, open) }
}

interface Gone {
  readonly provider: string
  readonly amountMinor: bigint
  readonly currency: string
}

const transfer = (debit: string, { provider, amountMinor, currency }: Gone, party: string): Transfer => ({
  debit,
  credit: accounts.cash(provider),
  amountMinor,
  currency,
  party,
})

const outOfPocket = (gone: Gone, party: string): Transfer => transfer(accounts.writtenOff, gone, party)

/**
 * What of a payment is for each part of a line. What is netted off stays so; the rest is shared by size, with largest remainders. The
 * whole of the line comes to its parts; what comes back is shared as what went.
 */
function sharesOf(countedMinor: bigint, { parts, amountMinor: whole }: PayoutLine): bigint[] {
  if (countedMinor === 0n) return parts.map(() => 0n)
  const sign = countedMinor < 0n ? -1n : 1n
  const weights = parts.map(aboveZero)
  const netted = weights.reduce((sum, weight) => sum + weight, 0n) - whole
  const shares = split(sign * countedMinor + netted, weights)
  return parts.map(({ amountMinor }, index) => sign * (isNetted(amountMinor) ? amountMinor : (shares[index] as bigint)))
}

const isNetted = (amountMinor: bigint): boolean => amountMinor < 0n
const aboveZero = ({ amountMinor }: { readonly amountMinor: bigint }): bigint =>
  isNetted(amountMinor) ? 0n : amountMinor

/**
 * What a line of a statement moves that is no instruction's. accept: whoever got it owes it, or is no longer owed what came back.
 * @param about the line of a payout whose beneficiary got it, if that is known
 */
export function movedAlone(programId: string, said: Said, as: ResolutionWay, about: PayoutLine | undefined): Moved {
  const amountMinor = said.status === 'failed' ? 0n : said.status === 'settled' ? said.amountMinor : -said.amountMinor
  const gone = { ...said, amountMinor }
  const parties = about === undefined ? [''] : partiesOf({ programId }, about)
  if (amountMinor === 0n || as === 'disregard') return nothingMoved
  if (as === 'write-off') return { paid: [], writtenOff: [outOfPocket(gone, parties[0] ?? '')] }
  if (about === undefined) throw new Error(`It is not known who got what ${said.provider} paid.`)
  const sign = amountMinor < 0n ? -1n : 1n
  const shares = split(sign * amountMinor, about.parts.map(aboveZero))
  const paid = parties.map((party, index) =>
    transfer(accounts.payable(party), { ...gone, amountMinor: sign * (shares[index] as bigint) }, party),
  )
  return { paid, writtenOff: [] }
}

/** What a resolution moves: what is so now, less what was so before. */
export const difference = (now: Moved, ...before: readonly Moved[]): Moved => ({
  paid: [...now.paid, ...before.flatMap(({ paid }) => paid.map(reversed))],
  writtenOff: [...now.writtenOff, ...before.flatMap(({ writtenOff }) => writtenOff.map(reversed))],
})

const reversed = (it: Transfer): Transfer => ({ ...it, amountMinor: -it.amountMinor })

export interface Booked {
  /** Of the event. */
  readonly id: string
  readonly reference: string
  readonly class: string
  readonly resolution: ResolutionWay
  /** The UTC day from which it counts. */
  readonly on: string
}

/** The transactions of a resolution: what is paid or owed by it, and what is written off; none where nothing moves. */
export function resolutionTransactions(it: Moved, { id, reference, class: of, resolution, on }: Booked): Transaction[] {
  const memo = `${of} ${percentEncoded(reference)}: ${resolution}`
  const [paid, writtenOff] = [netted(it.paid), netted(it.writtenOff)]
  const both: readonly [Movement, readonly Transfer[]][] = [
    [paidMovement(paid), paid],
    ['written-off', writtenOff],
  ]
  return both
    .filter(([, transfers]) => transfers.length > 0)
    .map(([movement, transfers]) => ({ id: `${id}/${movement}`, movement, effectiveOn: on, memo, transfers }))
}

/** By what it does to what is owed: less is settled, more is returned; what only becomes payable again has failed. */
function paidMovement(transfers: readonly Transfer[]): Movement {
  const owed = new Map<string, bigint>()
  const add = (account: string, key: string, amount: bigint) => {
    if (account.startsWith('liability:')) owed.set(key, (owed.get(key) ?? 0n) + amount)
  }
  for (const { debit, credit, amountMinor, currency, party } of transfers) {
    add(debit, `${party} ${currency}`, amountMinor)
    add(credit, `${party} ${currency}`, -amountMinor)
  }
  const changes = [...owed.values()].filter((sum) => sum !== 0n)
  if (changes.length === 0) return owed.size > 0 ? 'failed' : 'settled'
  return changes.reduce((sum, one) => sum + one, 0n) < 0n ? 'returned' : 'settled'
}

/** Between which accounts it goes, from the first of these that has a part in it. */
const order = ['liability:in-transit:', 'liability:payable:', accounts.exchange, accounts.writtenOff, 'asset:cash:']
const rank = (account: string): number => order.findIndex((begins) => account.startsWith(begins))

/** The same with one transfer at most to each account of each party and currency, and none that is taken back at once. */
function netted(transfers: readonly Transfer[]): Transfer[] {
  const groups = Map.groupBy(transfers, ({ party, currency }) => JSON.stringify([party, currency]))
  return [...groups.values()].flatMap((own) => {
    const sums = new Map<string, bigint>()
    for (const { debit, credit, amountMinor } of own) {
      sums.set(debit, (sums.get(debit) ?? 0n) + amountMinor)
      sums.set(credit, (sums.get(credit) ?? 0n) - amountMinor)
    }
    const [first, ...others] = [...sums]
      .filter(([, sum]) => sum !== 0n)
      .sort(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1))
    const { party, currency } = own[0] as Transfer
    return others.map(([credit, sum]) => ({ debit: first?.[0] ?? '', credit, amountMinor: -sum, currency, party }))
  })
}

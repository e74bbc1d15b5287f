import { digitsOf, fraction, minorUnits, roundHalfAway, split } from '../../oracle/exact.ts'
import type { Fact, OpenedPayout, PaidLine, ResolvedData, ResolvedLine } from '../../oracle/log.ts'
import { factsOfType } from '../../oracle/program.ts'
import { type CalledForRow, idOf, moneyText, rowOf, type Step, timeText } from '../books/step.ts'
import { laterDay, negative, part, partyOf } from './accounts.ts'
import { batchOf, reservedOn, status } from './payouts.ts'

type Way = ResolvedData['resolution']

/** What accounts come to, by account, party and currency; what is written off by itself. */
interface Balances {
  readonly paid: Map<string, bigint>
  readonly given: Map<string, bigint>
}

/** What a resolution calls for: its row, that of the line of the payout, and the difference between the balances before and after. */
export function resolutionEntries(step: Step): CalledForRow[] {
  const { fact } = step
  if (fact.type !== 'discrepancy.resolved') return []
  const { data } = fact
  const onAlone = data.class === 'unexpected' || data.class === 'duplicate'
  const batch = data.batchId === undefined ? undefined : batchOf(step, data.batchId)
  const line = batch?.lines.find(({ reference }) => reference === data.reference)
  const balances: Balances = { paid: new Map(), given: new Map() }
  if (onAlone) for (const said of data.lines) ofLineAlone(step, balances, said, data.resolution, data.about, 1n)
  else if (batch !== undefined && line !== undefined) {
    ofInstruction(step, balances, batch, line, fact, 1n)
    const before = storyOf(step, data.reference).filter((one) => one.position < fact.position)
    if (before.length > 0) ofInstruction(step, balances, batch, line, before.at(-1), -1n)
  }
  for (const said of data.lines)
    if (said.before !== undefined) ofLineAlone(step, balances, said, said.before.resolution, said.before.about, -1n)
  const decided = timeText(fact.time).slice(0, 10)
  const stated = data.lines.at(-1)?.date ?? decided
  const common = {
    batch_id: data.batchId,
    effective_on: batch === undefined ? stated : laterDay(stated, reservedOn(step, batch)),
    memo: `${data.class} ${idOf(data.reference)}: ${data.resolution}`,
  }
  return [
    ownRow(step, fact),
    ...(onAlone || batch === undefined || line === undefined ? [] : [status(step, batch, line, 'resolved', data.by)]),
    ...entries(step, balances.paid, { ...common, movement: paidMovement(balances.paid) }),
    ...entries(step, balances.given, { ...common, movement: 'written-off' }),
  ]
}

function ownRow(step: Step, { id, data }: Fact<'discrepancy.resolved'>): CalledForRow {
  return rowOf(step, 'resolutions', {
    resolution_id: id,
    batch_id: data.batchId,
    reference: data.reference,
    class: data.class,
    resolution: data.resolution,
    actor: data.by,
    reason: data.reason,
    rate: data.rate,
    provider: data.provider,
    line_ids: data.lines.map((line) => line.id).join(' '),
    about_batch_id: data.about?.batchId,
    about_reference: data.about?.reference,
  })
}

type Told = Fact<'payout.settled'> | Fact<'payout.failed'> | Fact<'payout.returned'> | Fact<'discrepancy.resolved'>

/** What was said and decided of an instruction, in order. */
const storyOf = ({ facts }: Step, reference: string): Told[] =>
  (factsOfType(facts, 'payout.settled', 'payout.failed', 'payout.returned', 'discrepancy.resolved') as Told[]).filter(
    ({ data }) =>
      data.reference === reference && !('class' in data && (data.class === 'unexpected' || data.class === 'duplicate')),
  )

/** All that an instruction has brought about since it was in transit, if this was the last that was said of it. */
function ofInstruction(
  step: Step,
  balances: Balances,
  batch: OpenedPayout,
  line: PaidLine,
  told: Told | undefined,
  sign: bigint,
): void {
  if (told === undefined) return
  const { currency } = line.amount
  const parties = line.parts.map(({ role }) => partyOf(step.programId, role, line.beneficiaryId))
  const due = line.parts.map(({ value }) => minorUnits(value, currency))
  const transit = `liability:in-transit:${part(batch.batchId)}`
  const way: Way = told.type === 'discrepancy.resolved' ? told.data.resolution : 'accept'
  const rate = told.type === 'discrepancy.resolved' ? told.data.rate : undefined
  const book = (into: Map<string, bigint>, account: string, who: number, amount: bigint, money = currency) =>
    add(into, account, parties[who] ?? '', money, sign * amount)
  // All of it leaves what is in transit, for the one account or the other.
  const owed = [...due]
  for (const { provider, amount, currency: money } of cashOf(step, line, told)) {
    const cash = `asset:cash:${part(provider)}`
    if (way === 'retry') {
      book(balances.given, cash, 0, -amount, money)
      book(balances.given, 'expense:written-off', 0, amount, money)
      continue
    }
    const counts = money === currency ? amount : inOther(amount, money, currency, rate ?? '')
    for (const [who, share] of shared(counts, due).entries()) {
      owed[who] = (owed[who] as bigint) - share
      book(balances.paid, transit, who, share)
      book(balances.paid, money === currency ? cash : 'equity:exchange', who, -share)
    }
    if (money === currency) continue
    book(balances.paid, 'equity:exchange', 0, amount, money)
    book(balances.paid, cash, 0, -amount, money)
  }
  for (const [who, amount] of owed.entries()) {
    const into = way === 'write-off' ? balances.given : balances.paid
    book(into, transit, who, amount)
    book(into, way === 'write-off' ? 'expense:written-off' : `liability:payable:${parties[who]}`, who, -amount)
  }
}

interface Cash {
  readonly provider: string
  /** Above zero: it left. */
  readonly amount: bigint
  readonly currency: string
}

/** What left accounts and came back to them, by what was said last. */
function cashOf(step: Step, { amount: { value, currency } }: PaidLine, told: Told): Cash[] {
  const whole = minorUnits(value, currency)
  if (told.type === 'discrepancy.resolved') {
    const { lines, resolution, provider } = told.data
    if (lines.length === 0)
      return resolution === 'accept' ? [{ provider: provider ?? '', amount: whole, currency }] : []
    const [first, second] = lines
    if (first?.status !== 'settled') return []
    return [cash(first, 1n), ...(second?.status === 'returned' ? [cash(second, -1n)] : [])]
  }
  const own = storyOf(step, told.data.reference).filter((one) => one.position <= told.position)
  const went = own.find((one) => one.type === 'payout.settled')
  if (went === undefined || told.type === 'payout.failed') return []
  const out = { provider: (went.data as { provider: string }).provider, amount: whole, currency }
  return told.type === 'payout.returned' ? [out, { provider: told.data.provider, amount: -whole, currency }] : [out]
}

const cash = ({ provider, amount: { value, currency } }: ResolvedLine, sign: bigint): Cash => ({
  provider,
  amount: sign * minorUnits(value, currency),
  currency,
})

function inOther(amount: bigint, from: string, to: string, rate: string): bigint {
  const { numerator, denominator } = fraction(rate)
  const digits = digitsOf(to) - digitsOf(from)
  const [up, down] = digits >= 0 ? [10n ** BigInt(digits), 1n] : [1n, 10n ** BigInt(-digits)]
  return roundHalfAway({ numerator: amount * numerator * up, denominator: denominator * down })
}

/** What is netted off stays so; the rest is shared by size. */
function shared(amount: bigint, due: readonly bigint[]): bigint[] {
  if (amount === 0n) return due.map(() => 0n)
  if (amount < 0n) return shared(-amount, due).map((share) => -share)
  const netted = due.filter((it) => it < 0n)
  const toShare = netted.reduce((sum, it) => sum - it, amount)
  const large = split(
    toShare,
    due.map((it) => (it < 0n ? 0n : it)),
  )
  return due.map((it, index) => (it < 0n ? it : (large[index] as bigint)))
}

/** What a line of a statement brings about by itself. */
function ofLineAlone(
  step: Step,
  balances: Balances,
  { provider, amount: { value, currency }, status: said }: ResolvedLine,
  way: Way,
  about: ResolvedData['about'],
  sign: bigint,
): void {
  if (way === 'disregard' || said === 'failed') return
  const amount = minorUnits(value, currency) * (said === 'settled' ? sign : -sign)
  const account = `asset:cash:${part(provider)}`
  const line = about && batchOf(step, about.batchId).lines.find(({ reference }) => reference === about.reference)
  const parties = line?.parts.map(({ role }) => partyOf(step.programId, role, line.beneficiaryId)) ?? ['']
  if (way === 'write-off') {
    add(balances.given, 'expense:written-off', parties[0] ?? '', currency, amount)
    add(balances.given, account, parties[0] ?? '', currency, -amount)
    return
  }
  const weights = line?.parts.map((it) => minorUnits(it.value, line.amount.currency)).map((it) => (it < 0n ? 0n : it))
  const shares = split(amount < 0n ? -amount : amount, weights ?? [])
  for (const [index, share] of shares.entries()) {
    const own = amount < 0n ? -share : share
    add(balances.paid, `liability:payable:${parties[index]}`, parties[index] ?? '', currency, own)
    add(balances.paid, account, parties[index] ?? '', currency, -own)
  }
}

function add(into: Map<string, bigint>, account: string, party: string, currency: string, amount: bigint): void {
  const key = JSON.stringify([party, currency, account])
  into.set(key, (into.get(key) ?? 0n) + amount)
}

/** Less owed is a payment, more is a return; what is owed as before, on another account, has failed. */
function paidMovement(balances: ReadonlyMap<string, bigint>): string {
  const owed = new Map<string, bigint>()
  for (const [key, amount] of balances) {
    const [party, currency, account] = JSON.parse(key) as [string, string, string]
    if (amount !== 0n && account.startsWith('liability:'))
      owed.set(`${party} ${currency}`, (owed.get(`${party} ${currency}`) ?? 0n) + amount)
  }
  const all = [...owed.values()].filter((amount) => amount !== 0n)
  if (all.length === 0) return owed.size === 0 ? 'settled' : 'failed'
  return all.reduce((sum, amount) => sum + amount) >= 0n ? 'settled' : 'returned'
}

const firstOfAll = ['liability:in-transit', 'liability:payable', 'equity', 'expense', 'asset']

/** For each party and currency, from the account that comes first to each of the others. */
function entries(
  step: Step,
  balances: ReadonlyMap<string, bigint>,
  cells: Record<string, string | undefined>,
): CalledForRow[] {
  if (step.fact.type !== 'discrepancy.resolved') return []
  const transaction_id = `${step.fact.id}/${cells.movement}`
  const open = [...balances]
    .filter(([, amount]) => amount !== 0n)
    .map(([key, amount]) => ({ of: JSON.parse(key) as [string, string, string], amount }))
  return [...Map.groupBy(open, ({ of: [party, currency] }) => JSON.stringify([party, currency])).values()].flatMap(
    (own) => {
      const placed = own.sort((a, b) => place(a.of[2]) - place(b.of[2]) || (a.of[2] < b.of[2] ? -1 : 1))
      const [from, ...others] = placed
      return others.flatMap(({ of: [party_id, currency, account], amount }) => {
        const row = { ...cells, transaction_id, party_id, currency, belongs_on: cells.effective_on }
        const text = moneyText(amount, currency)
        return [
          rowOf(step, 'ledger', { ...row, account: from?.of[2], amount: negative(text) }),
          rowOf(step, 'ledger', { ...row, account, amount: text }),
        ]
      })
    },
  )
}

const place = (account: string): number => firstOfAll.findIndex((begins) => account.startsWith(begins))

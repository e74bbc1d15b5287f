import {
  accountPart,
  daysOf,
  declaredTotals,
  formatMinor,
  monthOfDay,
  nextMonth,
  type PartyTotals,
  type PeriodEvent,
  partyId,
  partyOf,
  restate,
  toMinor,
} from '@vouch/domain'
import type { FoldState, LoggedEvent, Row } from '@vouch/projector'
import { pushTransaction, timesOf } from './rows.ts'

/** What the fold keeps of a program's periods. */
interface Closed {
  readonly month: string
  /** Its last day, and the first that is open. */
  readonly until: string
  readonly next: string
}

/** What a month did to what is owed to somebody in one role and currency: minor units, as decimals. */
interface MonthSums {
  earned: string
  reversed: string
  adjusted: string
  owed: string
  pending: string
}

interface PartySums {
  /** As of the last month that was closed, as declared. */
  owed: string
  pending: string
  /** By month, of those that are open. */
  readonly months: Record<string, MonthSums>
}

const noSums = (): MonthSums => ({ earned: '0', reversed: '0', adjusted: '0', owed: '0', pending: '0' })

interface EntryValues {
  readonly account: string
  readonly party_id: string
  readonly movement: string
  readonly amount: string
  readonly currency: string
  readonly effective_on: string
  readonly belongs_on: string
}

/**
 * The rows of an event as they are dated: nothing counts in a month that was closed before the event came. What belongs to
 * one counts from the first open day. Of all months that are open it is kept what they come to, for when they are closed.
 */
export function datedRows(state: FoldState, programId: string, rows: readonly Row[]): readonly Row[] {
  if (!rows.some(({ table }) => table === 'ledger')) return rows
  const closed = state.get<Closed>('closed', programId)
  const dated = closed === undefined ? rows : rows.map((row) => inOpenDays(row, closed))
  addUp(state, dated)
  return dated
}

function inOpenDays(row: Row, { until, next }: Closed): Row {
  const { effective_on } = row.values as unknown as EntryValues
  if (row.table !== 'ledger' || effective_on > until) return row
  return { table: 'ledger', values: { ...row.values, effective_on: next } }
}

function addUp(state: FoldState, rows: readonly Row[]): void {
  const parties = new Map<string, PartySums>()
  for (const { table, values } of rows) {
    if (table !== 'ledger') continue
    const entry = values as unknown as EntryValues
    if (!entry.account.startsWith('liability:')) continue
    const key = `${entry.party_id}\n${entry.currency}`
    const party = parties.get(key) ?? state.get<PartySums>('owed', key) ?? { owed: '0', pending: '0', months: {} }
    parties.set(key, party)
    const month = monthOfDay(entry.effective_on)
    const sums = party.months[month] ?? noSums()
    party.months[month] = sums
    count(sums, entry, `${month}-01`)
  }
  for (const [key, party] of parties) state.put('owed', key, party)
}

/** What is owed is on the credit side, below zero. */
function count(sums: MonthSums, { account, movement, amount, currency, belongs_on }: EntryValues, first: string): void {
  const owed = -toMinor({ value: amount, currency })
  const add = (what: keyof MonthSums) => {
    sums[what] = String(BigInt(sums[what]) + owed)
  }
  add('owed')
  if (account.startsWith('liability:pending:')) add('pending')
  if (belongs_on < first) add('adjusted')
  else if (movement === 'earned' || movement === 'reversed') add(movement)
}

/** The rows of a period's event. Of what the books no longer make of a declared month, the difference is booked. */
export function periodRows(state: FoldState, event: PeriodEvent, logged: LoggedEvent): readonly Row[] {
  const times = timesOf(logged)
  const { programId, period, by } = event.data
  const { last } = daysOf(period)
  const next = `${nextMonth(period)}-01`
  const isClosed = event.type === 'vouch.period.closed.v1'
  const rows: Row[] = [
    {
      table: 'periods',
      values: {
        program_id: programId,
        period,
        entry: isClosed ? 'closed' : 'closing',
        last_day: last,
        actor: by,
        occurred_at: times.occurred_at,
        recorded_at: times.recorded_at,
      },
    },
  ]
  if (!isClosed) {
    state.put('closed', programId, { month: period, until: last, next } satisfies Closed)
    return rows
  }
  const declared = new Map(
    declaredTotals(event).map((it) => [`${partyId(programId, it.role, it.beneficiaryId)}\n${it.currency}`, it]),
  )
  const known = state.keys('owed', `${accountPart(programId)}:`)
  for (const key of new Set([...declared.keys(), ...known].sort())) {
    const totals = declared.get(key)
    if (totals !== undefined) rows.push(totalsRow(key, period, totals, logged))
    rows.push(...closeParty(state, key, { programId, period, declared: totals, logged }))
  }
  return rows
}

function totalsRow(key: string, period: string, totals: PartyTotals, logged: LoggedEvent): Row {
  const { program_id, occurred_at, recorded_at } = timesOf(logged)
  const { role, beneficiaryId, currency } = totals
  const amount = (minor: bigint) => formatMinor(minor, currency)
  return {
    table: 'period_totals',
    values: {
      program_id,
      period,
      party_id: key.split('\n')[0],
      role,
      beneficiary_id: beneficiaryId,
      currency,
      opening: amount(totals.opening),
      earned: amount(totals.earned),
      reversed: amount(totals.reversed),
      paid: amount(totals.paid),
      written_off: amount(totals.writtenOff),
      converted: amount(totals.converted),
      adjusted: amount(totals.adjusted),
      closing: amount(totals.closing),
      pending: amount(totals.pending),
      payable: amount(totals.payable),
      in_transit: amount(totals.inTransit),
      occurred_at,
      recorded_at,
    },
  }
}

interface Closing {
  readonly programId: string
  readonly period: string
  /** Undefined for whom nothing was declared: for them all is zero. */
  readonly declared: PartyTotals | undefined
  readonly logged: LoggedEvent
}

/** Compares what a month was declared to come to with what it does, and begins the next with what was declared. */
function closeParty(state: FoldState, key: string, { programId, period, declared, logged }: Closing): readonly Row[] {
  const [party = '', currency = ''] = key.split('\n')
  const { role, id } = partyOf(party)
  const sums = state.get<PartySums>('owed', key) ?? { owed: '0', pending: '0', months: {} }
  const months = Object.keys(sums.months).filter((month) => month <= period)
  const of = (what: keyof MonthSums, in_: (month: string) => boolean) =>
    months.filter(in_).reduce((sum, month) => sum + BigInt(sums.months[month]?.[what] ?? '0'), 0n)
  const isIt = (month: string) => month === period
  const now = {
    opening: BigInt(sums.owed) + of('owed', (month) => month < period),
    earned: of('earned', isIt),
    reversed: of('reversed', isIt),
    adjusted: of('adjusted', isIt),
    pending: BigInt(sums.pending) + of('pending', () => true),
  }
  const closing = BigInt(sums.owed) + of('owed', () => true)
  const right = declared ?? { opening: 0n, earned: 0n, reversed: 0n, adjusted: 0n, pending: 0n }
  const { owed, restoring, adjusting } = restate({
    programId,
    period,
    role,
    beneficiaryId: id,
    currency,
    declared: right,
    now,
  })
  const times = timesOf(logged)
  const rows: Row[] = []
  for (const { transaction, belongsOn } of restoring) {
    const own: Row[] = []
    pushTransaction(own, transaction, '', times)
    rows.push(...own.map(({ table, values }) => ({ table, values: { ...values, belongs_on: belongsOn } })))
  }
  for (const month of months) delete sums.months[month]
  sums.owed = String(closing + owed)
  sums.pending = String(right.pending)
  state.put('owed', key, sums)
  const adjustments: Row[] = []
  for (const transaction of adjusting) pushTransaction(adjustments, transaction, '', times)
  return [...rows, ...datedRows(state, programId, adjustments)]
}

import {
  compareText,
  daysOf,
  digitsOf,
  type EventOf,
  type PartyTotals,
  type PayoutEvent,
  parseEvent,
  partyOf,
  type VouchEvent,
} from '@vouch/domain'
import { attribution } from '@vouch/projection-attribution'
import { foldingInTurn, memoryState } from '@vouch/projector'
import type { LoggedEvent, TableRow } from '@vouch/testing'
import { isRight } from 'fp-ts/lib/Either.js'
import { ledger } from '../index.ts'

export interface LedgerRow extends TableRow {
  readonly values: Readonly<Record<string, string>>
}

/** The rows of a log that grows, as the runtime numbers them. */
export class Books {
  readonly log: LoggedEvent[] = []
  readonly rows: LedgerRow[] = []
  readonly #fold = foldingInTurn([attribution, ledger], () => memoryState())

  /** Takes an event in, unless it would have been rejected on its way into the log. */
  tell(event: LoggedEvent['event'] | PayoutEvent, recordedAt = event.time): boolean {
    const { extensions: _none, ...plain } = event as VouchEvent
    const wire = { specversion: '1.0', ...plain, time: new Date(event.time).toISOString() }
    const parsed = parseEvent(wire, Number.MAX_SAFE_INTEGER / 2)
    if (!isRight(parsed)) return false
    const position = this.log.length + 1
    this.log.push({ position, recordedAt, event: parsed.right as unknown as LoggedEvent['event'] })
    const lines = new Map<string, number>()
    for (const rows of this.#fold.fold({ position: BigInt(position), recordedAt, event: parsed.right })) {
      for (const { table, values } of rows) {
        const line = lines.get(table) ?? 0
        lines.set(table, line + 1)
        this.rows.push({ table, position, line, values: values as LedgerRow['values'] })
      }
    }
    return true
  }

  get entries(): readonly LedgerRow[] {
    return this.rows.filter(({ table }) => table === 'ledger')
  }

  /** What an account comes to in units of 1e-4, on a day, as known at a position. */
  balance(account: string, { on = '9999', at = Number.POSITIVE_INFINITY } = {}): bigint {
    return this.entries
      .filter(
        ({ position, values }) => values.account === account && (values.effective_on ?? '') <= on && position <= at,
      )
      .reduce((sum, { values }) => sum + units(values.amount), 0n)
  }
}

/** A decimal in units of 1e-4. */
export function units(amount = ''): bigint {
  const [whole = '', fraction = ''] = amount.replace('-', '').split('.')
  const size = BigInt(whole + fraction.padEnd(4, '0'))
  return amount.startsWith('-') ? -size : size
}

/** What a month did to what a program owes, by brute force over the entries. */
export function totalsIn(books: Pick<Books, 'entries'>, programId: string, period: string): PartyTotals[] {
  const { first, last } = daysOf(period)
  const own = books.entries.filter(
    ({ values }) =>
      values.program_id === programId &&
      values.account?.startsWith('liability:') &&
      (values.effective_on ?? '') <= last,
  )
  return [...Map.groupBy(own, ({ values }) => `${values.party_id}\n${values.currency}`).entries()]
    .sort(([one], [other]) => compareText(one, other))
    .flatMap(([key, rows]) => {
      const [party = '', currency = ''] = key.split('\n')
      const { role, id } = partyOf(party)
      const sum = (is: (values: LedgerRow['values']) => boolean) =>
        rows.filter(({ values }) => is(values)).reduce((all, { values }) => all - units(values.amount), 0n) /
        10n ** BigInt(4 - (digitsOf(currency) ?? 0))
      const isIn = ({ effective_on = '' }: LedgerRow['values']) => effective_on >= first
      const isLate = ({ belongs_on = '' }: LedgerRow['values']) => belongs_on < first
      const moved = (...names: readonly string[]) =>
        sum((it) => isIn(it) && !isLate(it) && names.includes(it.movement ?? ''))
      const share = (account: string) => sum((it) => it.account?.startsWith(`liability:${account}:`) ?? false)
      const amounts = {
        opening: sum((it) => !isIn(it)),
        earned: moved('earned'),
        reversed: moved('reversed'),
        paid: moved('settled', 'returned'),
        writtenOff: moved('written-off'),
        converted: moved('converted'),
        adjusted: sum((it) => isIn(it) && isLate(it)),
        closing: sum(() => true),
        pending: share('pending'),
        payable: share('payable'),
        inTransit: share('in-transit'),
      }
      if (Object.values(amounts).every((amount) => amount === 0n)) return []
      return [{ role, beneficiaryId: id, currency, ...amounts }]
    })
}

export type Opened = EventOf<'vouch.payout.opened.v1'>

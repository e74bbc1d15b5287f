import { type EventOf, type PayoutEvent, parseEvent, type VouchEvent } from '@vouch/domain'
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
    for (const rows of this.#fold({ position: BigInt(position), recordedAt, event: parsed.right })) {
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

export type Opened = EventOf<'vouch.payout.opened.v1'>

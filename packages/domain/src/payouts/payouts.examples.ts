import { isRight } from 'fp-ts/lib/Either.js'
import type { PayoutEvent, Payouts } from './batch.ts'
import { evolve, noPayouts } from './batch.ts'
import { type DecidedPayout, decidePayout, type OpenPayout, type PayoutCommand } from './decide.ts'
import type { Balance } from './lines.ts'

/** Words for specs of payouts. */

export const noon = Date.parse('2026-04-02T12:00:00Z')

export const balance = (who: string, amountMinor: bigint, currency = 'EUR'): Balance => {
  const [beneficiaryId = '', role = 'advocate'] = who.split(' as ')
  return { role: role as Balance['role'], beneficiaryId, currency, amountMinor }
}

export const opening = (more: Partial<OpenPayout> = {}): OpenPayout => ({
  tag: 'open',
  programId: 'summer',
  asOf: '2026-03-31',
  by: 'fay',
  balances: [balance('anna', 1000n), balance('ben', 650n)],
  position: 10n,
  newest: 0n,
  suspended: new Set(),
  ...more,
})

export const eventOf = (decided: DecidedPayout, time = noon): PayoutEvent =>
  ({ ...decided, source: 'vouch/payouts', time }) as PayoutEvent

/** The state that commands lead to one after the other. @throws where one is refused */
export function stateAfter(...commands: readonly PayoutCommand[]): Payouts {
  return commands.reduce<Payouts>((payouts, command) => {
    const decision = decidePayout(command, payouts)
    if (!isRight(decision)) throw new Error(decision.left.says)
    return decision.right.map((decided) => eventOf(decided)).reduce(evolve, payouts)
  }, noPayouts())
}

export const approve = (by = 'gil', batchId = 'summer-1'): PayoutCommand => ({ tag: 'approve', batchId, by })
export const cancel = (by = 'fay', batchId = 'summer-1'): PayoutCommand => ({ tag: 'cancel', batchId, by })
export const submit = (batchId = 'summer-1'): PayoutCommand => ({ tag: 'submit', batchId, format: 'csv' })

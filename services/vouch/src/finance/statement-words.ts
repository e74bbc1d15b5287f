import type { Statement, StatementSum } from './statement-of.ts'
import type { PaymentOfMonth, RewardOfMonth } from './statement-rows.ts'

/** What the sums of a statement are called, for whoever gets it. */
export const sumWords: Readonly<Record<StatementSum, string>> = {
  opening: 'Opening balance',
  earned: 'Earned',
  reversed: 'Taken back',
  paid: 'Paid',
  writtenOff: 'Written off',
  converted: 'Converted',
  adjusted: 'Adjusted',
  closing: 'Closing balance',
  pending: 'pending: still held',
  payable: 'payable',
  inTransit: 'in transit: being paid',
}

export const outcomeWords: Readonly<Record<PaymentOfMonth['outcome'], string>> = {
  settled: 'paid',
  failed: 'failed',
  returned: 'came back',
}

/** Those that are shown: what begins and ends the month, and what is not zero in every currency. */
export function shownSums({ totals }: Statement, among: readonly StatementSum[]): StatementSum[] {
  return among.filter((of) => of === 'opening' || of === 'closing' || totals.some((it) => /[1-9]/.test(it[of])))
}

export const movements = [
  'opening',
  'earned',
  'reversed',
  'paid',
  'writtenOff',
  'converted',
  'adjusted',
  'closing',
] as const
export const restsOf = ['pending', 'payable', 'inTransit'] as const

const names = new Intl.DateTimeFormat('en', { month: 'long', year: 'numeric', timeZone: 'UTC' })

/** 'March 2026' */
export const monthWords = ({ from }: Pick<Statement, 'from'>): string => names.format(new Date(`${from}T00:00:00Z`))

/** As what it is told. */
export const knownWords = ({ position, isClosed }: Statement): string =>
  isClosed
    ? `The month is closed, as known at position ${position}.`
    : `As known at position ${position}; the month is not closed.`

/** What a reward is for, and from when on it is payable. */
export const ruleWords = ({ ruleId, memo, role }: RewardOfMonth): string =>
  `${ruleId ?? memo}${role === 'upline' ? ' (upline)' : ''}`
export const payableWords = ({ movement, payableFrom }: RewardOfMonth): string =>
  movement === 'earned' ? (payableFrom ?? '') : 'taken back'

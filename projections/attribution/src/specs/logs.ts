import { parseEvent } from '@vouch/domain'
import { type LoggedEvent, programLogs } from '@vouch/testing'
import type * as fc from 'fast-check'
import { isRight } from 'fp-ts/lib/Either.js'
import { replay, totals } from './replay.ts'

type Row = ReturnType<typeof replay>[number]
type Options = Parameters<typeof programLogs>[0]

/** Whole program logs, without the few events that would have been rejected on their way into the log. */
export const logs = (options: Options = {}): fc.Arbitrary<readonly LoggedEvent[]> =>
  programLogs(options).map((log) => log.filter(({ event }) => isValid(event)))

/** Logs in which the order of arrival decides nothing: caps and tiers are filled in log order, lateness is by arrival. */
export const orderless = (options: Options = {}) => logs({ ...options, caps: false, tiers: false, late: false })

function isValid(event: LoggedEvent['event']): boolean {
  const wire = { specversion: '1.0', ...event, time: new Date(event.time).toISOString() }
  return isRight(parseEvent(wire, event.time))
}

/** A log with further events, told after all others. */
export function continued(
  log: readonly LoggedEvent[],
  ...told: readonly { type: string; time: number; data: Record<string, unknown> }[]
): LoggedEvent[] {
  const last = log.at(-1)
  const position = last?.position ?? 0
  return [
    ...log,
    ...told.map(({ type, time, data }, index) => ({
      position: position + index + 1,
      recordedAt: Math.max(last?.recordedAt ?? 0, time),
      event: { id: `further-${index}`, source: 'spec', type: `vouch.${type}.v1`, time, data },
    })),
  ]
}

/** What the rows of all tables that add up come to, by everything that tells their rows apart. */
export function sumsOf(rows: readonly Row[]): Record<string, Record<string, string[]>> {
  const by =
    (...columns: string[]) =>
    (values: Record<string, string>) =>
      columns.map((column) => values[column]).join('|')
  const attribution = ['program_id', 'conversion_id', 'model', 'advocate_id', 'touch_id', 'channel', 'currency']
  const reward = ['program_id', 'reward_id', 'rule_id', 'beneficiary_id', 'role', 'conversion_id', 'source', 'event_id']
  const exclusion = ['program_id', 'subject', 'reason', 'source', 'event_id', 'touch_id', 'conversion_id', 'rule_id']
  return {
    conversions: totals(rows, 'conversions', by('program_id', 'conversion_id', 'customer_id', 'currency'), ['amount']),
    attributions: totals(rows, 'attributions', by(...attribution, 'terms_version'), ['credit', 'amount']),
    rewards: totals(rows, 'rewards', (it) => `${by(...reward, 'earned_at', 'currency')(it)}|${promiseOf(it)}`, [
      'amount',
      'standing',
    ]),
    visitors: totals(rows, 'touches', (it) => `${by('program_id', 'visitor_id')(it)}|${it.occurred_at?.slice(0, 10)}`, [
      'first_of_day',
    ]),
    exclusions: totals(rows, 'exclusions', by(...exclusion, 'beneficiary_id'), ['sign']),
  }
}

/** What the tables that only list hold at the end: rows that stay, and the last of those that show a latest state. */
export function listsOf(rows: readonly Row[]): Record<string, string[]> {
  const of = (table: string) => rows.filter((row) => row.table === table).map(({ values }) => values)
  const without = ({ recorded_at: _known, ...values }: Row['values']) => JSON.stringify(values)
  const last = (table: string, ...key: string[]) => {
    const found = new Map<string, string>()
    for (const { occurred_at: _when, recorded_at: _known, ...values } of of(table)) {
      found.set(key.map((column) => values[column]).join('|'), JSON.stringify(values))
    }
    return [...found.values()].sort()
  }
  return {
    // Which click its visitor counts by depends on which came first; that one does is among the sums.
    touches: of('touches')
      .map(({ first_of_day: _by, ...values }) => without(values))
      .sort(),
    signups: of('signups').map(without).sort(),
    links: of('links').map(without).sort(),
    advocates: last('advocates', 'program_id', 'advocate_id'),
    codes: last('codes', 'program_id', 'code'),
  }
}

/** Version and day of availability; what was given by hand keeps those that held when it became known. */
const promiseOf = ({ rule_id, terms_version, available_on }: Record<string, string>): string =>
  rule_id === 'by-hand' ? '' : `${terms_version}|${available_on}`

export const rowsOfLog = (log: readonly LoggedEvent[]): Row[] => replay(log)

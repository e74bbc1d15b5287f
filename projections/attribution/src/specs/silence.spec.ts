import { type TermsVersion, termsSchema, toMinor, versionAt } from '@vouch/domain'
import type { LoggedEvent } from '@vouch/testing'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { logs, rowsOfLog } from './logs.ts'

type Values = Readonly<Record<string, string>>

const triggers: Readonly<Record<string, string>> = {
  'vouch.click.v1': 'click',
  'vouch.share.v1': 'share',
  'vouch.signup.v1': 'signup',
  'vouch.conversion.v1': 'conversion',
}

function versionsOf(log: readonly LoggedEvent[], programId: unknown): TermsVersion[] {
  return log
    .filter(({ event }) => event.type === 'vouch.program.published.v1' && event.data.programId === programId)
    .map(({ event }, index) => ({ version: index + 1, publishedAt: event.time, terms: termsSchema.parse(event.data) }))
}

const add = (sums: Map<string, bigint>, key: string, value: bigint) => sums.set(key, (sums.get(key) ?? 0n) + value)

/** Exclusions of rewards, and those that say that an event is not taken into account at all. */
const counts = ({ subject, reason }: Values): boolean =>
  subject === 'reward' || (subject === 'event' && (reason === 'no-terms' || reason === 'beyond-horizon'))

describe('a rule that pays nothing', () => {
  it('says why, for everything that could have made it pay', () => {
    let silent = 0
    fc.assert(
      fc.property(logs(), (log) => {
        const paid = new Map<string, bigint>()
        const excluded = new Map<string, bigint>()
        for (const { table, values } of rowsOfLog(log)) {
          const it = values as Values
          const at = [it.program_id, it.source, it.event_id, it.rule_id].join('|')
          if (table === 'rewards') add(paid, at, toMinor({ value: `${it.amount}`, currency: `${it.currency}` }))
          if (table === 'exclusions' && counts(it)) add(excluded, at, BigInt(`${it.sign}`))
        }
        for (const { event } of log) {
          const { programId } = event.data
          const version = versionAt(versionsOf(log, programId), event.time)
          const at = [programId, event.source, event.id].join('|')
          const outOfAccount = (excluded.get(`${at}|`) ?? 0n) > 0n
          if (!triggers[event.type] || !version || outOfAccount) continue
          for (const { ruleId, trigger } of version.terms.rewards) {
            if (trigger !== triggers[event.type]) continue
            const reasons = excluded.get(`${at}|${ruleId}`) ?? 0n
            if ((paid.get(`${at}|${ruleId}`) ?? 0n) === 0n) {
              expect(reasons, `${at}|${ruleId} pays nothing`).toBeGreaterThan(0n)
              silent += 1
            }
          }
        }
      }),
      { numRuns: 200 },
    )
    expect(silent).toBeGreaterThan(200)
  })
})

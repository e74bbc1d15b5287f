import { auditLog } from './audit.ts'
import type { PlainEvent, Rule } from './log.ts'
import { click, conversion, type DraftTerms, day, logOf } from './story.ts'

/** What specs of rewards have in common. */

/** 'rule role beneficiary trigger minor' a reward; who gets nothing as 'rule trigger beneficiary reason'. */
export function outcome(events: readonly PlainEvent[]): { paid: string[]; silent: string[] } {
  const audit = auditLog(logOf(...events))
  return {
    paid: [...audit.rewards].map(([key, { amountMinor }]) => `${key.split('|').slice(1).join(' ')} ${amountMinor}`),
    silent: [...audit.unpaid].map(([key, reasons]) => {
      const [, trigger, rule, beneficiary] = key.split('|')
      return [rule, trigger, ...(beneficiary ? [beneficiary] : []), reasons.join('+')].join(' ')
    }),
  }
}

export const paying = (...rewards: readonly Rule[]): DraftTerms => ({ rewards })
export const linear = (...rewards: readonly Rule[]): DraftTerms => ({ rewards, attribution: { rewardBy: 'linear' } })

/** Ten percent to the advocate. */
export const ten: Rule = { ruleId: 'ten', trigger: 'conversion', to: 'advocate', amount: { percent: '10' } }
/** One euro to the advocate. */
export const one: Rule = { ruleId: 'one', trigger: 'conversion', to: 'advocate', amount: { fixed: '1.00' } }

export const k1 = click('k1', day(5), 'A')
export const k2 = click('k2', day(6), 'B')
export const k3 = click('k3', day(7), 'A')

/** By the visitor of those clicks. */
export const buys = (id: string, time: number, amount: string, who = {}): PlainEvent =>
  conversion(id, time, amount, { visitorId: 'v', ...who })

export const hundred = buys('o', day(10), '100.00 EUR')

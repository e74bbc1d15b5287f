import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Audit, auditLog } from '../oracle/audit.ts'
import { factsOf, type LoggedEvent, models, type Rule, type Terms } from '../oracle/log.ts'
import { outOfAccount } from '../oracle/program.ts'
import { programLogs } from './arbitraries.ts'
import { randomLog } from './log.ts'
import { type LogOptions, plain } from './options.ts'
import { shuffle } from './shuffle.ts'

const seeds = Array.from({ length: 250 }, (_, seed) => seed)

function keysOf({ event }: LoggedEvent): string[] {
  const { programId, customerId, conversionId, refundId, advocateId, code } = event.data
  const naturalKeys: Record<string, unknown> = {
    'vouch.signup.v1': customerId,
    'vouch.conversion.v1': conversionId,
    'vouch.refund.v1': refundId,
    'vouch.advocate.enrolled.v1': advocateId,
    'vouch.code.issued.v1': String(code).trim().toLowerCase(),
  }
  const naturalKey = naturalKeys[event.type]
  return [`${event.source}/${event.id}`, ...(naturalKey ? [`${event.type} ${programId} ${naturalKey}`] : [])]
}

/** Everything that does not name positions, in one comparable text. */
function digest(audit: Audit): string {
  const sorted = (rows: Iterable<unknown>) =>
    [...rows].map((row) => JSON.stringify(row, (_, value) => (typeof value === 'bigint' ? `${value}` : value))).sort()
  return Object.entries(audit)
    .map(([name, rows]) => `${name}\n${sorted(rows).join('\n')}`)
    .join('\n')
}

describe('randomLog', () => {
  it('is the same for the same seed, and another for another', () => {
    expect(randomLog(7)).toEqual(randomLog(7))
    expect(randomLog(7)).not.toEqual(randomLog(8))
  })

  it('counts positions from 1, never goes back in recorded time and never repeats an identity', () => {
    for (const seed of seeds) {
      const log = randomLog(seed)
      expect(log.map(({ position }) => position)).toEqual(log.map((_, index) => index + 1))
      expect(log.map(({ recordedAt }) => recordedAt)).toEqual(
        log.map(({ recordedAt }) => recordedAt).sort((a, b) => a - b),
      )
      const keys = log.flatMap(keysOf)
      expect(new Set(keys).size).toBe(keys.length)
    }
  })

  it('is small', () => {
    const sizes = seeds.map((seed) => randomLog(seed).length)
    expect(Math.min(...sizes)).toBeGreaterThanOrEqual(8)
    expect(Math.max(...sizes)).toBeLessThanOrEqual(80)
  })

  it('never lets a later version take effect before it is published', () => {
    for (const seed of seeds) {
      const published = randomLog(seed).filter(({ event }) => event.type === 'vouch.program.published.v1')
      for (const programId of ['summer', 'winter']) {
        const later = published.filter(({ event }) => event.data.programId === programId).slice(1)
        for (const { event } of later) {
          expect(Date.parse((event.data as unknown as Terms).effectiveFrom ?? '')).toBeGreaterThanOrEqual(event.time)
        }
      }
    }
  })

  it('comes by every corner', () => {
    const seen = new Map<string, number>()
    const see = (what: string) => seen.set(what, (seen.get(what) ?? 0) + 1)
    for (let seed = 0; seed < 500; seed += 1) {
      const log = randomLog(seed)
      for (const { event } of log) see(event.type.slice(6, -3))
      const audit = auditLog(log)
      for (const reasons of audit.lostTouches.values()) for (const reason of reasons) see(`touch ${reason}`)
      for (const reasons of audit.lostEvents.values()) for (const reason of reasons) see(`event ${reason}`)
      for (const reasons of audit.unpaid.values()) for (const reason of reasons) see(`unpaid ${reason}`)
      for (const key of audit.rewards.keys()) see(`reward ${key.split('|')[2]}`)
      for (const length of pathLengths(audit)) see(`path of ${Math.min(length, 5)}`)
    }
    const rare = [...seen].filter(([, count]) => count < 3).map(([what]) => what)
    expect(rare).toEqual([])
    expect([...seen.keys()].sort()).toEqual([
      'advocate.enrolled',
      'advocate.reinstated',
      'advocate.suspended',
      'advocate.updated',
      'click',
      'code.issued',
      'code.revoked',
      'consent.granted',
      'consent.withdrawn',
      'conversion',
      'conversion.amended',
      'event advocate-suspended',
      'event beyond-horizon',
      'event code-of-another-advocate',
      'event currency-differs',
      'event disqualified',
      'event no-consent',
      'event no-terms',
      'event refund-exceeds-amount',
      'event revoked-code',
      'event self-referral',
      'event superseded',
      'event unknown-code',
      'event unknown-conversion',
      'identities.linked',
      'identities.unlinked',
      'path of 1',
      'path of 2',
      'path of 3',
      'path of 4',
      'path of 5',
      'person.forgotten',
      'program.published',
      'refund',
      'reward advocate',
      'reward referee',
      'reward upline',
      'reward.granted',
      'reward.revoked',
      'share',
      'signup',
      'touch advocate-suspended',
      'touch before-previous-conversion',
      'touch beyond-horizon',
      'touch disqualified',
      'touch no-consent',
      'touch no-terms',
      'touch outside-look-back',
      'touch revoked-code',
      'touch self-referral',
      'touch unknown-code',
      'touch.disqualified',
      'unpaid advocate-suspended',
      'unpaid amount-too-large',
      'unpaid below-min-amount',
      'unpaid beneficiary-suspended',
      'unpaid cap-per-advocate',
      'unpaid cap-per-customer',
      'unpaid cap-per-program',
      'unpaid category',
      'unpaid country',
      'unpaid customer-not-new',
      'unpaid customer-unknown',
      'unpaid disqualified',
      'unpaid fully-refunded',
      'unpaid kind',
      'unpaid no-consent',
      'unpaid no-fx-rate',
      'unpaid no-parent',
      'unpaid no-revenue',
      'unpaid no-touch',
      'unpaid revoked-code',
      'unpaid rounds-to-zero',
      'unpaid self-referral',
      'unpaid unknown-code',
    ])
  })

  it.each<[keyof LogOptions, (log: readonly LoggedEvent[]) => boolean]>([
    ['refunds', (log) => log.some(({ event }) => event.type === 'vouch.refund.v1')],
    ['amendments', (log) => log.some(({ event }) => event.type === 'vouch.conversion.amended.v1')],
    ['links', (log) => log.some(({ event }) => event.type.startsWith('vouch.identities.'))],
    ['suspensions', (log) => log.some(({ event }) => event.type === 'vouch.advocate.suspended.v1')],
    ['signups', (log) => log.some(({ event }) => event.type === 'vouch.signup.v1')],
    ['shares', (log) => log.some(({ event }) => event.type === 'vouch.share.v1')],
    ['byHand', (log) => log.some(({ event }) => event.type.startsWith('vouch.reward.'))],
    ['updates', (log) => log.some(({ event }) => event.type === 'vouch.advocate.updated.v1')],
    ['revocations', (log) => log.some(({ event }) => event.type === 'vouch.code.revoked.v1')],
    ['disqualifications', (log) => log.some(({ event }) => event.type === 'vouch.touch.disqualified.v1')],
    ['items', (log) => JSON.stringify(log).includes('"items"')],
    ['caps', (log) => JSON.stringify(log).includes('"caps"')],
    ['tiers', (log) => JSON.stringify(log).includes('"tiers"')],
    ['conditions', (log) => JSON.stringify(log).includes('"when"')],
    ['late', (log) => auditEventReasons(log).includes('beyond-horizon')],
    ['beforeTerms', (log) => auditEventReasons(log).includes('no-terms')],
    ['coupons', (log) => log.some(({ event }) => event.type === 'vouch.conversion.v1' && 'code' in event.data)],
    [
      'anonymous',
      (log) => log.some(({ event }) => event.type === 'vouch.conversion.v1' && !('customerId' in event.data)),
    ],
    [
      'overtaking',
      (log) => versionsOf(log).some(([before, after]) => Date.parse(before.from) > Date.parse(after.from)),
    ],
    [
      'rewrittenRules',
      (log) =>
        versionsOf(log).some(([before, after]) =>
          before.rules.some((rule) => {
            const next = after.rules.find(({ ruleId }) => ruleId === rule.ruleId)
            return next !== undefined && `${next.trigger} ${next.to}` !== `${rule.trigger} ${rule.to}`
          }),
        ),
    ],
    [
      'strangers',
      (log) =>
        log.some(({ event: { type, data } }) => {
          if (type !== 'vouch.share.v1' && type !== 'vouch.code.revoked.v1') return false
          const issued = log.find(({ event }) => event.type === 'vouch.code.issued.v1' && sameCode(event.data, data))
          return issued !== undefined && issued.event.data.advocateId !== data.advocateId
        }),
    ],
    [
      'activityTerms',
      (log) =>
        versionsOf(log)
          .flat()
          .flatMap(({ rules }) => rules)
          .some(({ trigger, amount, when }) => trigger !== 'conversion' && !(amount.fixed && when === undefined)),
    ],
    ['consent', (log) => /vouch\.consent|requireConsent/.test(JSON.stringify(log))],
    ['erasures', (log) => log.some(({ event }) => event.type === 'vouch.person.forgotten.v1')],
    ['secondProgram', (log) => log.some(({ event }) => event.data.programId === 'winter')],
    ['future', (log) => log.some(({ event, recordedAt }) => event.time > recordedAt)],
  ])('leaves %s out on request', (option, has) => {
    expect(seeds.some((seed) => has(randomLog(seed)))).toBe(true)
    expect(seeds.filter((seed) => has(randomLog(seed, { [option]: false })))).toEqual([])
  })

  it('can be plain', () => {
    const types = new Set(seeds.flatMap((seed) => randomLog(seed, plain).map(({ event }) => event.type.slice(6, -3))))
    expect([...types].sort()).toEqual(['advocate.enrolled', 'click', 'code.issued', 'conversion', 'program.published'])
  })
})

describe('what the oracle says of any log', () => {
  it('adds up: credits to 1 and amounts to the net, for each conversion and model with a path', () => {
    fc.assert(
      fc.property(programLogs(), (log) => {
        const audit = auditLog(log)
        for (const [conversion, { netMinor }] of audit.conversions) {
          for (const model of models) {
            const rows = [...audit.attributions].filter(([key]) => key.startsWith(`${conversion}|${model}|`))
            if (rows.length === 0) continue
            expect(rows.reduce((sum, [, row]) => sum + row.credit, 0n)).toBe(1_000_000_000n)
            expect(rows.reduce((sum, [, row]) => sum + row.amountMinor, 0n)).toBe(netMinor)
          }
        }
      }),
      { numRuns: 100 },
    )
  })

  it('does not depend on the order of arrival within the horizon, without caps, tiers and rewards by hand', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), (seed, order) => {
        const log = randomLog(seed, { late: false, caps: false, tiers: false, byHand: false })
        const shuffled = shuffle(log, order)
        expect(digest(auditLog(shuffled))).toBe(digest(auditLog(log)))
      }),
      { numRuns: 150 },
    )
  })
})

describe('shuffle', () => {
  it('keeps every event, within the horizon, and the order of publications', () => {
    for (const seed of seeds) {
      const log = randomLog(seed, { late: false, bounded: seed % 2 === 0 })
      if (auditEventReasons(log).includes('beyond-horizon')) continue
      const shuffled = shuffle(log, seed)
      expect(new Set(shuffled.map(({ event }) => event))).toEqual(new Set(log.map(({ event }) => event)))
      expect(auditEventReasons(shuffled)).not.toContain('beyond-horizon')
      const published = (one: readonly LoggedEvent[]) =>
        ['summer', 'winter'].map((programId) =>
          one
            .filter(({ event }) => event.type === 'vouch.program.published.v1' && event.data.programId === programId)
            .map(({ event }) => event.id),
        )
      expect(published(shuffled)).toEqual(published(log))
    }
  })

  it('refuses a log with facts beyond the horizon', () => {
    const late = seeds.map((seed) => randomLog(seed)).find((log) => auditEventReasons(log).includes('beyond-horizon'))
    expect(() => shuffle(late ?? [], 1)).toThrow('only logs without late facts can be shuffled')
  })
})

describe('programLogs', () => {
  it('shrinks to the events that matter', () => {
    const found = fc.check(
      fc.property(programLogs(), (log) => log.filter(({ event }) => event.type === 'vouch.click.v1').length < 2),
      { seed: 1 },
    )
    expect(found.counterexample?.[0].map(({ event }) => event.type)).toEqual(['vouch.click.v1', 'vouch.click.v1'])
  })
})

interface VersionInBrief {
  readonly from: string
  readonly rules: readonly Rule[]
}

/** Every version with the one after it, of the first program; the last one with itself. */
function versionsOf(log: readonly LoggedEvent[]): [VersionInBrief, VersionInBrief][] {
  const versions = log
    .filter(({ event }) => event.type === 'vouch.program.published.v1' && event.data.programId === 'summer')
    .map(({ event }) => event.data as unknown as Terms)
    .map(({ effectiveFrom = '', rewards }) => ({ from: effectiveFrom, rules: rewards }))
  return versions.map((version, index) => [version, versions[index + 1] ?? version])
}

function sameCode(left: LoggedEvent['event']['data'], right: LoggedEvent['event']['data']): boolean {
  const key = (data: typeof left) => [data.programId, String(data.code).trim().toLowerCase()].join(' ')
  return key(left) === key(right)
}

function auditEventReasons(log: readonly LoggedEvent[]): string[] {
  return [...new Set(log.map(({ event }) => String(event.data.programId)))].flatMap((programId) => {
    const facts = factsOf(log, programId)
    return facts
      .filter((fact) => ['click', 'share', 'signup', 'conversion'].includes(fact.type))
      .flatMap((fact) => outOfAccount(facts, fact) ?? [])
  })
}

function pathLengths(audit: Audit): number[] {
  const linear = [...audit.attributions.keys()].map((key) => key.split('|')).filter((key) => key[2] === 'linear')
  return [...audit.conversions.keys()]
    .map((conversion) => linear.filter((key) => `${key[0]}|${key[1]}` === conversion).length)
    .filter((length) => length > 0)
}

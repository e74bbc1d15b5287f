import { type CompiledCap, type CompiledRule, compileTerms, monthOf } from '@vouch/domain'
import type { Program } from './program.ts'
import type { RewardCase } from './rewards.ts'
import type { RewardUnit } from './state.ts'

/** The unit's rule in the version that it follows. */
export function ruleOfUnit(program: Program, unit: RewardUnit): CompiledRule | undefined {
  const version = program.self.versions[unit.version - 1]
  return version && compileTerms(version).rules.find((rule) => rule.ruleId === unit.ruleId)
}

/** Why a reward stays below what its rule gives. */
export const capReasons = {
  perAdvocate: 'cap-per-advocate',
  perCustomer: 'cap-per-customer',
  perProgram: 'cap-per-program',
} as const

/** The UTC month of a time, or all of time. */
export const periodOf = (per: 'month' | 'ever', time: number): string => (per === 'month' ? monthOf(time) : 'ever')

/** Changes rewards of one rule, and brings the counters of its caps in line. */
export function withCounters(program: Program, trigger: RewardCase, ruleId: string, change: () => void): void {
  const before = usageOf(program, trigger, ruleId)
  change()
  const after = usageOf(program, trigger, ruleId)
  for (const key of new Set([...before.keys(), ...after.keys()])) {
    const delta = (after.get(key) ?? 0n) - (before.get(key) ?? 0n)
    if (delta !== 0n) program.state.put('counter', key, (readCounter(program, key) + delta).toString())
  }
}

/** What a trigger's rewards from a rule take up under caps: amounts, and one place for the trigger in each scope. */
function usageOf(program: Program, trigger: RewardCase, ruleId: string): Map<string, bigint> {
  const usage = new Map<string, bigint>()
  for (const unit of trigger.state.rewards) {
    if (unit.ruleId !== ruleId || unit.granted === '0') continue
    for (const cap of ruleOfUnit(program, unit)?.caps ?? []) {
      const key = capKey(program, trigger, unit, cap)
      if (key === undefined) continue
      usage.set(amountsUnder(key, unit), (usage.get(amountsUnder(key, unit)) ?? 0n) + BigInt(unit.granted))
      usage.set(placesUnder(key), 1n)
    }
  }
  return usage
}

/** The least room under the caps of the unit's rule, and the cap that leaves it; undefined without any. */
export function tightestCap(program: Program, trigger: RewardCase, unit: RewardUnit) {
  let tightest: { room: bigint; scope: CompiledCap['scope'] } | undefined
  const held = usageOf(program, trigger, unit.ruleId)
  for (const cap of ruleOfUnit(program, unit)?.caps ?? []) {
    const key = capKey(program, trigger, unit, cap)
    if (key === undefined) continue
    const rooms: bigint[] = []
    if (cap.amountMinor !== undefined) rooms.push(cap.amountMinor - readCounter(program, amountsUnder(key, unit)))
    const full = cap.conversions !== undefined && readCounter(program, placesUnder(key)) >= BigInt(cap.conversions)
    if (full && !held.has(placesUnder(key))) rooms.push(0n)
    for (const room of rooms) if (!tightest || room < tightest.room) tightest = { room, scope: cap.scope }
  }
  return tightest
}

function capKey(
  program: Program,
  trigger: RewardCase,
  unit: RewardUnit,
  { scope, per }: CompiledCap,
): string | undefined {
  const who = scope === 'perAdvocate' ? unit.beneficiaryId : scope === 'perCustomer' ? trigger.customerId : ''
  if (who === undefined) return undefined
  return program.key('cap', unit.ruleId, scope, who, periodOf(per, unit.earnedAt))
}

/** Amounts of two currencies cannot be added. */
const amountsUnder = (key: string, { currency }: RewardUnit): string => `${key}\namount\n${currency}`
const placesUnder = (key: string): string => `${key}\ntriggers`

const readCounter = (program: Program, key: string): bigint => BigInt(program.state.get<string>('counter', key) ?? '0')

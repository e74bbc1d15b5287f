/**
 * Small changes that no log could tell from the real fold, by the reason why. They are named as `mechanicalMutants` names them;
 * one that ends in '…' stands for all that begin so.
 */
export const equivalents: Readonly<Record<string, readonly (readonly [file: string, name: string])[]>> = {
  'both sides are equal there, and either gives the same': [
    [
      'packages/domain/src/attribution/items.ts',
      '`>` for `>=` in `return matching >= whole ? { num: 1n, den: 1n } : { num: matching, den: whole }`',
    ],
    ['packages/domain/src/attribution/items.ts', '`>=` for `>` in `const whole = listed > left ? listed : left`'],
    [
      'packages/domain/src/attribution/net.ts',
      '`>=` for `>` in `netMinor = refundMinor > netMinor ? 0n : netMinor - refundMinor`',
    ],
    ['packages/domain/src/lateness.ts', '`>=` for `>` in `return clock === undefined || time > clock ? time : clock`'],
    [
      'packages/domain/src/rewards/room.ts',
      '`<=` for `<` in `if (rawMinor < standing.rawMinor) return rawMinor < grantedMinor ? rawMinor : grantedMinor`',
    ],
    [
      'packages/domain/src/rewards/room.ts',
      '`<=` for `<` in `if (rawMinor < standing.rawMinor) return rawMinor < grantedMinor ? rawMinor : grantedMinor` (2)',
    ],
    ['packages/domain/src/rewards/room.ts', '`<=` for `<` in `return rawMinor < most ? rawMinor : most`'],
    ['packages/domain/src/rewards/room.ts', '`>=` for `>` in `const most = grantedMinor + (room > 0n ? room : 0n)`'],
    ['packages/domain/src/split.ts', '`>=` for `>` in `return x === y ? a - b : x > y ? -1 : 1`'],
    [
      'projections/attribution/src/people.ts',
      '`>=` for `>` in `if (!latest || compareOccurrence(ref, latest) > 0) latest = ref`',
    ],
    [
      'packages/domain/src/order.ts',
      '`>=` for `>` in `while (index > 0 && compareOccurrence(list[index - 1] as T, item) > 0) index--` (2)',
    ],
    [
      'projections/attribution/src/program.ts',
      '`>=` for `>` in `return first && first.time > time ? first[field] : undefined`',
    ],
  ],
  'a share of nothing is no share, whatever it is divided by: the rule says that no category matches': [
    [
      'packages/domain/src/attribution/items.ts',
      '`<` for `<=` in `if (whole <= 0n || matching <= 0n) return { num: 0n, den: 1n }`',
    ],
    [
      'packages/domain/src/attribution/items.ts',
      '`<` for `<=` in `if (whole <= 0n || matching <= 0n) return { num: 0n, den: 1n }` (2)',
    ],
    [
      'packages/domain/src/attribution/items.ts',
      '`&&` for `||` in `if (whole <= 0n || matching <= 0n) return { num: 0n, den: 1n }`',
    ],
    [
      'packages/domain/src/attribution/items.ts',
      '`2n` for `1n` in `if (whole <= 0n || matching <= 0n) return { num: 0n, den: 1n }`',
    ],
  ],
  'it is added twice and subtracted again': [
    ['packages/domain/src/attribution/items.ts', '`1n` for `0n` in `let sum = 0n`'],
  ],
  'only the proportions of weights count': [
    [
      'packages/domain/src/attribution/models.ts',
      '`2n` for `1n` in `return times.map((_, index) => (index === 0 ? 1n : 0n))`',
    ],
    [
      'packages/domain/src/attribution/models.ts',
      '`2n` for `1n` in `return times.map((_, index) => (index === last ? 1n : 0n))`',
    ],
    ['packages/domain/src/attribution/models.ts', '`2n` for `1n` in `return times.map(() => 1n)`'],
    [
      'packages/domain/src/attribution/models.ts',
      '`2n` for `1n` in `if (count <= 2) return Array.from({ length: count }, () => 1n)`',
    ],
    [
      'packages/domain/src/rewards/rule.ts',
      '`2n` for `1n` in `return [{ beneficiaryId: customerId as string, weight: 1n, creditedMinor }]`',
    ],
    ['projections/attribution/src/assess.ts', '`2n` for `1n` in `weight: 1n,`'],
  ],
  'nothing is divided among nobody, with the shortcut or without': [
    ['packages/domain/src/attribution/models.ts', 'without `if (times.length === 0) return parts`'],
    ['projections/attribution/src/assess.ts', 'without `if (path.length === 0) return []`'],
    ['packages/domain/src/split.ts', '`1n` for `0n` in `if (total === 0n) return weights.map(() => 0n)` (2)'],
    ['packages/domain/src/split.ts', 'without `if (total === 0n) return weights.map(() => 0n)`'],
    ['packages/domain/src/split.ts', 'without `if (left === 0n) return parts`'],
  ],
  'the engine compares a later element with an earlier one, and leaves the two as they are': [
    ['packages/domain/src/split.ts', '`+` for `-` in `return x === y ? a - b : x > y ? -1 : 1`'],
  ],
  'no number here is below zero, and zero is rounded to zero': [
    ['packages/domain/src/decimal.ts', '`<=` for `<` in `const half = num < 0n ? -den : den`'],
    ['packages/domain/src/decimal.ts', '`1n` for `0n` in `const half = num < 0n ? -den : den`'],
  ],
  'whoever compares asks for below zero, or for zero and above': [
    ['packages/domain/src/decimal.ts', '`>=` for `>` in `return difference < 0n ? -1 : difference > 0n ? 1 : 0`'],
    ['packages/domain/src/decimal.ts', '`1n` for `0n` in `return difference < 0n ? -1 : difference > 0n ? 1 : 0` (2)'],
  ],
  'what is read here was checked on its way into the log': [
    ['packages/domain/src/decimal.ts', 'without `if (!match) return undefined`'],
  ],
  'a step is one forwards or one back, and a click that is being listed is not listed yet': [
    [
      'projections/attribution/src/clicks.ts',
      '`>=` for `>` in `const further = step > 0 ? older.length - place : place`',
    ],
    [
      'projections/attribution/src/clicks.ts',
      '`>=` for `>` in `for (const click of step > 0 ? clicks : clicks.toReversed()) {`',
    ],
    [
      'projections/attribution/src/clicks.ts',
      '`>=` for `>` in `if (compareOccurrence(click, own) * step > 0) yield click`',
    ],
  ],
  'whoever calls has asked this before': [
    ['packages/domain/src/lateness.ts', 'without `if (!canBeLate(event.type)) return clock`'],
    ['packages/domain/src/rewards/room.ts', 'without `if (rawMinor === standing.rawMinor) return grantedMinor`'],
    ['projections/attribution/src/activity-cases.ts', 'without `if (!state) return undefined`'],
    ['projections/attribution/src/activity-cases.ts', 'without `if (!state) return undefined` (2)'],
    [
      'projections/attribution/src/rewards.ts',
      '`>=` for `>` in `const tightest = raw > rawMinor ? tightestCap(program, trigger, unit) : undefined`',
    ],
  ],
  'what is around a pair of the two is found after it as well': [
    [
      'projections/attribution/src/people.ts',
      '`!==` for `===` in `if (customerId === undefined && visitorId !== undefined && isAlone(program.visitor(visitorId))) return []`',
    ],
  ],
  'what follows saves it in the end': [
    ['projections/attribution/src/facts.ts', "without `program.save('conversion', conversionId, state)` (2)"],
  ],
  'nobody reads it': [
    [
      'packages/domain/src/terms/compiled.ts',
      '`2n` for `1n` in `const scale = { num: 10n ** BigInt(digitsOf(currency) as number), den: 1n }`',
    ],
    ['projections/attribution/src/facts.ts', 'without `settled.waiting = undefined`'],
    ['projections/attribution/src/facts.ts', "without `program.save('conversion', conversionId, settled)`"],
    ['projections/attribution/src/codes.ts', "without `program.save('code', key, code)` (2)"],
  ],
  'it only saves time or space: the same is worked out again, or kept for nothing': [
    [
      'projections/attribution/src/anew.ts',
      '`<=` for `<` in `if (trigger && trigger.time < from) before.push(trigger)`',
    ],
    [
      'projections/attribution/src/anew.ts',
      '`||` for `&&` in `if (trigger && trigger.time < from) before.push(trigger)`',
    ],
    [
      'projections/attribution/src/anew.ts',
      '`||` for `&&` in `const mayBeListed = (click: Click) => click.time >= from && (paidForClicks || isListedAnew(program, click))`',
    ],
    [
      'projections/attribution/src/anew.ts',
      '`||` for `&&` in `if (!seen.links.some(({ time, unlisted }) => unlisted && time >= from)) continue`',
    ],
    ['projections/attribution/src/anew.ts', 'without `if (!page.clicks.some(mayBeListed)) continue`'],
    [
      'projections/attribution/src/anew.ts',
      'without `if (!seen.links.some(({ time, unlisted }) => unlisted && time >= from)) continue`',
    ],
    [
      'projections/attribution/src/clicks.ts',
      '`+` for `-` in `const further = step > 0 ? older.length - place : place`',
    ],
    ['projections/attribution/src/clicks.ts', '`>=` for `>` in `if (clicks.length > program.clicksOnPage) {`'],
    ['projections/attribution/src/clicks.ts', 'without `if (older.before.time > until) return`'],
    ['projections/attribution/src/program.ts', 'without `this.clicksOnPage = onPage`'],
    ['projections/attribution/src/anew.ts', 'without `if (!isLateAnew(program, statement)) continue`'],
    ['projections/attribution/src/anew.ts', 'without `if (fact.lateMs === undefined) return false`'],
    ['projections/attribution/src/anew.ts', '`true` for `false` in `if (fact.lateMs === undefined) return false`'],
    ['projections/attribution/src/anew.ts', 'without `if (click.time < from) continue`'],
    ['projections/attribution/src/trigger-order.ts', '`<` for `<=` in `if (found.length <= held) return`'],
    [
      'projections/attribution/src/trigger-order.ts',
      '`<` for `<=` in `if (trigger === undefined || (after && compareOccurrence(trigger, after) <= 0)) continue`',
    ],
    ['projections/attribution/src/trigger-order.ts', '`>` for `>=` in `if (found.length >= 2 * held) keepFirst()`'],
    ['projections/attribution/src/trigger-order.ts', '`+` for `*` in `if (found.length >= 2 * held) keepFirst()`'],
    [
      'projections/attribution/src/trigger-order.ts',
      '`.at(0)` for `.at(-1)` in `last = isRest ? undefined : found.at(-1)`',
    ],
    ['projections/attribution/src/trigger-order.ts', 'without `if (all) return yield* all`'],
    ['projections/attribution/src/trigger-order.ts', 'without `found.length = held`'],
    ['projections/attribution/src/trigger-order.ts', '`false` for `true` in `let isRest = true`'],
    ['projections/attribution/src/trigger-order.ts', 'without `if (found.length <= held) return`'],
    ['projections/attribution/src/trigger-order.ts', 'without `if (found.length >= 2 * held) keepFirst()`'],
    ['projections/attribution/src/fold.ts', '`!==` for `===` in `if (++steps % stepsPerPart === 0) yield rows.take()`'],
    ['packages/domain/src/terms/compiled.ts', 'without `cache.set(version, compiled)`'],
    ['projections/attribution/src/attributions.ts', 'without `if (sameStanding(state.standing, next)) return`'],
    ['packages/domain/src/terms/versions.ts', 'without `if (known !== undefined) return known`'],
    [
      'projections/attribution/src/facts.ts',
      "`true` for `false` in `program.termsAt(time)?.rules.some((rule) => rule.trigger === 'click') ?? false`",
    ],
    [
      'projections/attribution/src/facts.ts',
      'without `if (reason === undefined && own.excluded === undefined) return`',
    ],
    [
      'projections/attribution/src/people.ts',
      'without `if (customerId === undefined && visitorId !== undefined && isAlone(program.visitor(visitorId))) return []`',
    ],
    ['packages/domain/src/terms/versions.ts', 'without `effective.set(version, ms)`'],
    ['packages/domain/src/timestamp.ts', 'without `days.set(day, text)`'],
    ['projections/attribution/src/program.ts', 'without `if (last?.id === id) return last.value as T | undefined`'],
    ['projections/attribution/src/settle.ts', 'without `if (refs.length === 0) return`'],
    [
      'projections/attribution/src/operator.ts',
      '`||` for `&&` in `if (latest !== undefined && latest >= from) yield* judgeAnew(program, from, rows, held)`',
    ],
    [
      'projections/attribution/src/codes.ts',
      "without `program.state.remove('awaiting-code', program.key(key), visitorId)`",
    ],
    [
      'projections/attribution/src/people.ts',
      '`.findIndex(` for `.findLastIndex(` in `const sure = visitor.links.findLastIndex((it) => it.customerId === customerId && it.lateMs === undefined)`',
    ],
    [
      'projections/attribution/src/people.ts',
      'without `visitor.links = visitor.links.filter((it, index) => it.customerId !== customerId || index >= sure || it.unlisted)`',
    ],
    ['projections/attribution/src/people.ts', 'without `if (known) return`'],
    ['projections/attribution/src/program.ts', 'without `if (!this.self.disqualifies) return false`'],
    ['projections/attribution/src/program.ts', 'without `if (fact.lateMs === undefined) return false`'],
    [
      'projections/attribution/src/rewards.ts',
      '`<=` for `<` in `if (raw < BigInt(unit.raw)) settleUnit(program, trigger, unit, raw, rows)`',
    ],
    [
      'projections/attribution/src/rewards.ts',
      '`>=` for `>` in `if (raw > BigInt(unit.raw)) settleUnit(program, trigger, unit, raw, rows)`',
    ],
  ],
  'another index holds it as well': [
    [
      'projections/attribution/src/activity-cases.ts',
      "`===` for `!==` in `if (fact.codeKey !== undefined) program.state.add('by-code', program.key(fact.codeKey), refKey(ref))`",
    ],
    [
      'projections/attribution/src/activity-cases.ts',
      "without `if (fact.codeKey !== undefined) program.state.add('by-code', program.key(fact.codeKey), refKey(ref))`",
    ],
    ['projections/attribution/src/activity-cases.ts', 'without `indexTouches(program, ref, assessment)` (3)'],
  ],
  'there is one at most': [
    ['projections/attribution/src/rewards.ts', '`.findLast(` for `.find(` in `trigger.state.rewards.find(`'],
    [
      'projections/attribution/src/rewards.ts',
      '`.findLast(` for `.find(` in `const taken = trigger.state.numbers.find(({ count }) => count === key)`',
    ],
    [
      'projections/attribution/src/advocates.ts',
      '`.findLast(` for `.find(` in `const enrolment = statements.find((it) => it.enrolled)`',
    ],
    [
      'projections/attribution/src/caps.ts',
      '`.findLast(` for `.find(` in `return version && compileTerms(version).rules.find((rule) => rule.ruleId === unit.ruleId)`',
    ],
    [
      'projections/attribution/src/case.ts',
      '`||` for `&&` in `const reason = outOfAccount ?? lost.find((touch) => touch.source === fact.source && touch.id === fact.id)?.reason`',
    ],
    [
      'projections/attribution/src/case.ts',
      '`.findLast(` for `.find(` in `const reason = outOfAccount ?? lost.find((touch) => touch.source === fact.source && touch.id === fact.id)?.reason`',
    ],
    [
      'projections/attribution/src/rewards.ts',
      '`.findLast(` for `.find(` in `const found = outcomes.find(({ rule }) => rule.ruleId === unit.ruleId && rule.to === unit.role)`',
    ],
    [
      'projections/attribution/src/settle.ts',
      '`.findLast(` for `.find(` in `: it.assessment.lost.find((touch) => touch.source === source && touch.id === id)`',
    ],
  ],
  'the touch is lost already, for this reason or one before it': [
    [
      'projections/attribution/src/assess.ts',
      '`&&` for `||` in `if (own || !found.occasion || !program.isDisqualified(fact)) return found`',
    ],
  ],
  'what is no conversion has no revenue to share': [
    ['projections/attribution/src/assess.ts', '`1n` for `0n` in `amountMinor: 0n,`'],
  ],
  'where the two differ, neither is there': [
    [
      'projections/attribution/src/case.ts',
      "`&&` for `||` in `if (!occasion || !terms?.rules.some((rule) => rule.to === 'upline')) return`",
    ],
    [
      'projections/attribution/src/rewards.ts',
      '`&&` for `||` in `if (!terms || !occasion) return { trigger, outcomes: [] }`',
    ],
  ],
  'a counter that is kept for nobody is never asked': [
    ['projections/attribution/src/caps.ts', 'without `if (key === undefined) continue`'],
  ],
  'a share that is not taken into account leads to nothing, looked at or not': [
    [
      'projections/attribution/src/operator.ts',
      '`!==` for `===` in `settle(program, refs.some((ref) => refKey(ref) === refKey(share)) ? refs : [...refs, share], rows)`',
    ],
    [
      'projections/attribution/src/operator.ts',
      '`.every(` for `.some(` in `settle(program, refs.some((ref) => refKey(ref) === refKey(share)) ? refs : [...refs, share], rows)`',
    ],
  ],
  'only explanations show it: who is paid anything is not named': [
    [
      'projections/attribution/src/rewards.ts',
      '`<=` for `<` in `unit.cappedBy = after < raw && tightest ? capReasons[tightest.scope] : after < raw ? unit.cappedBy : undefined`',
    ],
    [
      'projections/attribution/src/rewards.ts',
      '`<=` for `<` in `unit.cappedBy = after < raw && tightest ? capReasons[tightest.scope] : after < raw ? unit.cappedBy : undefined` (2)',
    ],
  ],
  'no row is one of nothing': [
    [
      'projections/attribution/src/rewards.ts',
      "`<=` for `<` in `entry: amountMinor < 0n ? 'reversed' : unit.accrued ? 'adjusted' : 'accrued',`",
    ],
    [
      'projections/attribution/src/rewards.ts',
      "`1n` for `0n` in `entry: amountMinor < 0n ? 'reversed' : unit.accrued ? 'adjusted' : 'accrued',`",
    ],
  ],
  'zero may have a sign, and is zero': [
    [
      'projections/attribution/src/rows.ts',
      "`<=` for `<` in `const digits = (units < 0n ? -units : units).toString().padStart(10, '0')`",
    ],
    ['projections/attribution/src/rows.ts', '`<=` for `<` in `return `…'],
    [
      'projections/attribution/src/rows.ts',
      "`1n` for `0n` in `const digits = (units < 0n ? -units : units).toString().padStart(10, '0')`",
    ],
    ['projections/attribution/src/rows.ts', '`1n` for `0n` in `return `…'],
  ],
}

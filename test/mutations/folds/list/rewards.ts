import type { Mistakes } from './mistakes.ts'

/** What a rule asks for and gives, to whom, and what its caps and tiers make of it. */
export const rewards: Mistakes = {
  'packages/domain/src/rewards/rule.ts': [
    ['what is fully refunded keeps its fixed rewards', "  if (revenue?.fullyRefunded) return 'fully-refunded'\n", ''],
    [
      'a minimum excludes its own amount',
      '{ num: when.minAmountMinor, den: 1n }) < 0)',
      '{ num: when.minAmountMinor, den: 1n }) <= 0)',
    ],
    ['a minimum is not looked at', 'if (when.minAmountMinor !== undefined) {', 'if (when.minAmountMinor === -1n) {'],
    [
      'a customer who is not new counts as new',
      'if (when.newCustomer && !firstOfCustomer)',
      'if (when.newCustomer && customerId === undefined)',
    ],
    [
      'an absent country matches',
      'revenue?.country !== undefined && when.countries.has(revenue.country)',
      'revenue?.country === undefined || when.countries.has(revenue.country)',
    ],
    [
      'an absent kind matches',
      'revenue?.kind !== undefined && when.kinds.has(revenue.kind)',
      'revenue?.kind === undefined || when.kinds.has(revenue.kind)',
    ],
    [
      'categories are not looked at',
      'if (when.categories && !((revenue',
      'if (when.categories && trigger === undefined && !((revenue',
    ],
    [
      'a percentage is of all categories',
      'rule.when.categories ? revenue.categoryShare(rule.when.categories) : { num: 1n, den: 1n }',
      '{ num: 1n, den: 1n }',
    ],
    ['the rate is not looked at', '[ofCategories, step.ratio, revenue.rate]', '[ofCategories, step.ratio]'],
    [
      'a fixed amount is paid to each in full',
      'return split(step.minor, weights)[index] as bigint',
      'return step.minor',
    ],
    [
      'a fixed amount is split evenly',
      'const weights = shares.map((share) => share.weight)',
      'const weights = shares.map(() => 1n)',
    ],
    ['a step applies one trigger late', '.from <= earlier) index++', '.from < earlier) index++'],
    [
      'an amount too large for the tables is paid',
      '{ num: largestMinor, den: 1n }) >= 0',
      '{ num: largestMinor, den: 1n }) > 0',
    ],
    [
      'a conversion without a rate is paid',
      "  if (trigger === 'conversion' && revenue?.rate === undefined) return 'no-fx-rate'\n",
      '',
    ],
    [
      'a suspended parent is paid',
      'else if (parentSuspended) byParent',
      'else if (parentSuspended && weight < 0n) byParent',
    ],
    ['a parent earns on one child only', '      share.creditedMinor += amountMinor\n', ''],
    [
      'who has no parent leaves the others a larger part',
      "if (parentId === undefined) byParent.set(key, { ...size, reason: 'no-parent' })",
      "if (parentId === undefined) byParent.set(key, { weight: 0n, creditedMinor: 0n, reason: 'no-parent' })",
    ],
    [
      'a referee is paid on the first credit alone',
      'credits.reduce((sum, credit) => sum + credit.amountMinor, 0n)',
      'credits[0]?.amountMinor ?? 0n',
    ],
  ],
  'packages/domain/src/rewards/room.ts': [
    [
      'a reward that shrinks and grows takes no regard of room',
      'if (room === undefined) return rawMinor',
      'if (room === undefined || grantedMinor > 0n) return rawMinor',
    ],
    [
      'room is for the whole, not for what is added',
      'const most = grantedMinor + (room > 0n ? room : 0n)',
      'const most = room > 0n ? room : 0n',
    ],
    ['a cap that is overdrawn takes back', '(room > 0n ? room : 0n)', 'room'],
    [
      'a reward that shrinks takes what room there is',
      'return rawMinor < grantedMinor ? rawMinor : grantedMinor',
      'return rawMinor',
    ],
  ],
  'packages/domain/src/rewards/dates.ts': [
    ['the hold is a day short', 'earnedAtMs + holdDays * dayMs', 'earnedAtMs + (holdDays - 1) * dayMs'],
    ['the hold is not looked at', 'earnedAtMs + holdDays * dayMs', 'earnedAtMs'],
    ['months are those of a local time', 'timestamp(timeMs).slice(0, 7)', 'timestamp(timeMs + 3_600_000).slice(0, 7)'],
  ],
  'projections/attribution/src/caps.ts': [
    ['caps count nothing', 'if (delta !== 0n) program.state.put', 'if (delta === 1n) program.state.put'],
    [
      'a cap per advocate is shared by all',
      "scope === 'perAdvocate' ? unit.beneficiaryId",
      "scope === 'perAdvocate' ? ''",
    ],
    [
      'a cap per customer is one per advocate',
      "scope === 'perCustomer' ? trigger.customerId",
      "scope === 'perCustomer' ? unit.beneficiaryId",
    ],
    ['a cap per program is one per customer', ": ''\n", ': trigger.customerId\n'],
    ['a cap per month holds for ever', "per === 'month' ? monthOf(time) : 'ever'", "'ever'"],
    [
      'amounts of two currencies share a cap',
      'const amountsUnder = (key: string, { currency }: RewardUnit)',
      "const amountsUnder = (key: string, _: RewardUnit, currency = 'any')",
    ],
    ['one trigger more than the cap allows is paid', '>= BigInt(cap.conversions)', '> BigInt(cap.conversions)'],
    ['a trigger with a place needs another', 'if (full && !held.has(placesUnder(key))) rooms', 'if (full) rooms'],
    ['the widest cap decides', 'if (!tightest || room < tightest.room)', 'if (!tightest || room > tightest.room)'],
    ['caps are shared by all rules', "program.key('cap', unit.ruleId, scope", "program.key('cap', scope"],
  ],
  'projections/attribution/src/rewards.ts': [
    ['rewards that shrink keep what they have', 'if (raw < BigInt(unit.raw)) settleUnit', 'if (raw < 0n) settleUnit'],
    ['rewards never grow', 'if (raw > BigInt(unit.raw)) settleUnit', "if (unit.raw === '0' && raw > 0n) settleUnit"],
    [
      'a reward whose rule is no longer due stays',
      ': 0n\n    if (raw < BigInt(unit.raw)) settleUnit',
      ': BigInt(unit.raw)\n    if (raw < BigInt(unit.raw)) settleUnit',
    ],
    [
      'a reward keeps its version for ever',
      'if (due && unit.version !== trigger.terms?.version) adopt(program, trigger, unit, due.rule, rows)',
      '',
    ],
    ['a reward under new terms keeps its hold', '    unit.availableOn = availableOn(unit.earnedAt, holdDays)\n', ''],
    [
      'tiers count one too many',
      'trigger.state.numbers.push({ count: key, number: earlier })\n  return earlier\n',
      'trigger.state.numbers.push({ count: key, number: earlier })\n  return earlier + 1\n',
    ],
    [
      'tiers by the month count for ever',
      'periodOf(rule.tiers, trigger.fact.time)',
      "periodOf('ever', trigger.fact.time)",
    ],
    [
      'tiers are counted for all advocates together',
      "program.key('tier', rule.ruleId, beneficiaryId, ",
      "program.key('tier', rule.ruleId, ",
    ],
    ['a trigger is counted again with each change', '  if (taken !== undefined) return taken.number\n', ''],
    [
      'the tightest cap is named though it does not bind',
      'unit.cappedBy = after < raw && tightest ?',
      'unit.cappedBy = tightest ?',
      'only explanations show it: who is paid anything is not named',
    ],
    ['a later reward is an accrual', "unit.accrued ? 'adjusted' : 'accrued'", "'accrued'"],
    [
      'the program pays rules of other triggers',
      'terms.rules.filter((rule) => rule.trigger === occasion.trigger)',
      'terms.rules.filter((rule) => rule.trigger !== undefined)',
    ],
    [
      'what is taken back shows as given',
      "entry: amountMinor < 0n ? 'reversed'",
      "entry: amountMinor === 0n ? 'reversed'",
    ],
    ['who is paid nothing is not named', "if (unit?.granted !== '0') return []", 'return []'],
  ],
  'projections/attribution/src/settle.ts': [
    [
      'what grows comes before what shrinks',
      '  for (const it of dues) shrinkRewards(program, it, rows)\n  for (const it of dues) growRewards(program, it, rows)\n',
      '  for (const it of dues) growRewards(program, it, rows)\n  for (const it of dues) shrinkRewards(program, it, rows)\n',
    ],
    ['triggers take room in order of arrival', '  cases.sort((a, b) => compareOccurrence(a.fact, b.fact))\n', ''],
    [
      'each trigger shrinks and grows by itself',
      '  for (const it of dues) shrinkRewards(program, it, rows)\n  for (const it of dues) growRewards(program, it, rows)\n',
      '  for (const it of dues) {\n    shrinkRewards(program, it, rows)\n    growRewards(program, it, rows)\n  }\n',
    ],
    [
      'each trigger shrinks and grows by itself under new terms',
      '    shrinkRewards(program, duesOf(it), rows)\n',
      '    shrinkRewards(program, duesOf(it), rows)\n    growRewards(program, duesOf(it), rows)\n',
    ],
    [
      "a thrown-out trigger's rewards say there was no touch",
      "reason: reason === 'no-touch' && only ? only.reason : reason",
      'reason',
    ],
  ],
  'projections/attribution/src/assess.ts': [
    [
      'an advocate is their own parent',
      'const parentId = parent === advocateId ? undefined : parent',
      'const parentId = parent',
      'an event that says so is rejected on its way into the log',
    ],
    ['a signup without a code goes to the first touch', 'path.slice(-1)', 'path.slice(0, 1)'],
    [
      'a signup that was thrown out still pays',
      '!program.isDisqualified(fact)) return found',
      'program.id) return found',
    ],
    [
      "a sharer's suspension is not looked at",
      "program.isSuspended(advocateId, fact.time)\n    ? 'advocate-suspended'\n    : ",
      '',
    ],
    [
      'a rate counts in the same currency too',
      'if (amount.currency === currency) return { num: 1n, den: 1n }',
      'if (fxRate === undefined && amount.currency === currency) return { num: 1n, den: 1n }',
    ],
    [
      'rates forget that currencies have different digits',
      'num: rate.num * scale(currency), den: rate.den * scale(amount.currency)',
      'num: rate.num, den: rate.den',
    ],
    [
      'a zero conversion counts as refunded',
      'netMinor === 0n && (originalMinor > 0n || grossMinor > 0n)',
      'netMinor === 0n',
    ],
    ["an amendment's items are not looked at", 'amendment?.items ?? items ?? fact.items ?? []', 'fact.items ?? []'],
    ['a coupon is no touch', 'if (coupon) candidates.push(coupon)', ''],
    [
      'consent is asked for clicks too',
      "trigger !== 'signup' || program.hasConsent",
      'trigger === undefined || program.hasConsent',
    ],
    ['advocates without weight are credited', 'credit.weight > 0n ? [', 'credit.weight >= 0n ? ['],
  ],
  'projections/attribution/src/hand.ts': [
    [
      'what is revoked by hand is granted',
      'formatMinor(revoked ? -amountMinor : amountMinor',
      'formatMinor(amountMinor',
    ],
    [
      'what is taken back by hand has a hold',
      'availableOn(time, revoked ? 0 : terms.holdDays)',
      'availableOn(time, terms.holdDays)',
    ],
    [
      'a reward by hand waits for nothing',
      "const unknown = conversionId !== '' && !program.conversion(conversionId).fact",
      'const unknown = false',
    ],
    [
      'a reward by hand that waits is forgotten',
      '    state.waiting = [...(state.waiting ?? []), { ...reward, ...standing }]\n',
      '',
    ],
  ],
}

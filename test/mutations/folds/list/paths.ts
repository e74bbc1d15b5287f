import type { Mistakes } from './mistakes.ts'

/** Whose touches count for a conversion, and which of them. */
export const paths: Mistakes = {
  'packages/domain/src/attribution/path.ts': [
    [
      'the look-back excludes its last millisecond',
      'if (time - touch.time > lookbackOf',
      'if (time - touch.time >= lookbackOf',
    ],
    [
      'the look-back is not looked at',
      'if (time - touch.time > lookbackOf(touch.kind, terms)) return',
      'if (time < 0) return',
    ],
    ['a signup has the look-back of a click', ': terms.lookbackMs[kind])', ': terms.lookbackMs.click)'],
    ['a touch in the millisecond of the conversion does not count', 'if (age < 0 ||', 'if (age <= 0 ||'],
    ['touches after the conversion count', 'if (age < 0 || age >', 'if (age >'],
    [
      'what lost beyond the look-back is never named',
      'lookbackOf(touch.kind, terms) + terms.horizonMs) continue',
      'lookbackOf(touch.kind, terms)) continue',
    ],
    ['a revocation is late by a millisecond', 'code.revokedAt <= touch.time', 'code.revokedAt < touch.time'],
    ['a revocation counts from the conversion on', 'code.revokedAt <= touch.time', 'code.revokedAt <= time'],
    [
      'a revocation is not looked at',
      'if (code.revokedAt !== undefined && code.revokedAt <= touch.time) return',
      'if (code.revokedAt === -1) return',
    ],
    [
      'a suspension counts at the touch, not at the conversion',
      'around.isSuspended(code.advocateId, time)',
      'around.isSuspended(code.advocateId, touch.time)',
    ],
    [
      'a suspension is not looked at',
      "  if (around.isSuspended(code.advocateId, time)) return 'advocate-suspended'\n",
      '',
    ],
    [
      'self-referral is excluded whatever the terms say',
      'if (terms.excludeSelfReferral && customerId',
      'if (customerId',
    ],
    [
      'self-referral is looked at as of the touch',
      'around.customerOf(code.advocateId, time)',
      'around.customerOf(code.advocateId, touch.time)',
    ],
    [
      'an advocate without a customer refers themselves to nobody',
      'customerId !== undefined && around.customerOf',
      'around.customerOf',
    ],
    ['what an operator threw out still counts', "  if (around.isDisqualified(touch)) return 'disqualified'\n", ''],
    [
      'a touch at the very time of the previous conversion is free',
      'touch.time <= previousAt',
      'touch.time < previousAt',
    ],
    ['a coupon is spent by an earlier conversion', "touch.kind !== 'coupon' && previousAt", 'previousAt'],
    [
      'touches are spent whatever the terms say',
      "if (terms.touchReuse === 'since-last-conversion' && spent)",
      'if (spent)',
      'where the terms do not ask for it, no time of an earlier conversion is given',
    ],
    [
      'what is exactly as late as the horizon is too late',
      '(touch.lateMs ?? 0) > own.horizonMs',
      '(touch.lateMs ?? 0) >= own.horizonMs',
    ],
    [
      'the horizon is that of the conversion',
      '(touch.lateMs ?? 0) > own.horizonMs',
      '(touch.lateMs ?? 0) > terms.horizonMs',
    ],
    [
      'the horizon of a touch is not looked at',
      "  if ((touch.lateMs ?? 0) > own.horizonMs) return 'beyond-horizon'\n",
      '',
    ],
    ['consent is not looked at', "  if (!consented) return 'no-consent'\n", ''],
    [
      'consent comes before the other reasons',
      "  if (!own) return 'no-terms'\n",
      "  if (!own) return 'no-terms'\n  if (!consented) return 'no-consent'\n",
    ],
    [
      'an unknown code is named before the look-back',
      "  if (!own) return 'no-terms'\n",
      "  if (!own) return 'no-terms'\n  if (!code) return 'unknown-code'\n",
    ],
    [
      'a disqualification is named before a suspension',
      '  if (around.isSuspended(code',
      "  if (around.isDisqualified(touch)) return 'disqualified'\n  if (around.isSuspended(code",
    ],
    [
      'touches come in order of arrival',
      'for (const touch of [...candidates].sort(compareOccurrence))',
      'for (const touch of candidates)',
    ],
  ],
  'packages/domain/src/order.ts': [
    [
      'ties are broken by id before source',
      'compareText(a.source, b.source) || compareText(a.id, b.id)',
      'compareText(a.id, b.id) || compareText(a.source, b.source)',
    ],
    [
      'ties are broken the other way round',
      'compareText(a.source, b.source) || compareText(a.id, b.id)',
      'compareText(b.source, a.source) || compareText(b.id, a.id)',
    ],
    ['ties are broken as UTF-16 has it', 'if (xSurrogate !== ySurrogate) return', 'if (length < 0) return'],
  ],
  'packages/domain/src/code.ts': [
    ['codes are told apart by case', 'return trimmed.toLowerCase()\n', 'return trimmed\n'],
  ],
  'projections/attribution/src/people.ts': [
    [
      'two customers on one device are one person',
      'else if (visitorId !== undefined) for',
      'if (visitorId !== undefined) for',
    ],
    [
      "linked visitors' touches do not count",
      '  for (const id of customers) for (const visitor of program.visitorsOf(id)) visitors.add(visitor)\n  return {',
      '  return {',
    ],
    [
      "a customer's own signup does not count",
      'const signups = new Set(customers)',
      'const signups = new Set<string>()',
    ],
    [
      "signups on a visitor's device do not count",
      '    for (const customerId of program.visitor(visitorId).signups) signups.add(customerId)\n',
      '',
    ],
    [
      'the conversion before the last one decides',
      'if (!latest || compareOccurrence(ref, latest) > 0)',
      'if (!latest)',
    ],
    [
      "other customers' conversions on the device spend touches",
      'if (ref.customerId === undefined) consider(ref)',
      'consider(ref)',
    ],
    [
      'what came too late spends touches',
      'if (compareOccurrence(ref, own) >= 0 || program.isTooLate(ref)) return',
      'if (compareOccurrence(ref, own) >= 0) return',
    ],
    [
      'what came too late makes a customer known',
      'conversions.find((ref) => !program.isTooLate(ref))',
      'conversions[0]',
    ],
    [
      'a statement that may be too late hides the one before',
      'it.customerId === customerId && it.lateMs === undefined)',
      'it.customerId === customerId)',
    ],
    [
      'a link reaches only what comes after it',
      "(time >= since ? [{ kind: 'conversion', id: conversionId }]",
      "(time > since ? [{ kind: 'conversion', id: conversionId }]",
    ],
    [
      "a customer's conversions are not found again",
      '    ...conversionsSince(program.customer(id).conversions, since),\n',
      '',
    ],
    ["a visitor's conversions are not found again", 'return [...conversionsSince(conversions, since), ', 'return ['],
    [
      'a link changes only what comes after it',
      'const since = firstSeen(program, visitorId)',
      'const since = program.self.clock ?? 0',
    ],
    [
      'a link changes nothing that its visitor bought as nobody known',
      '...[visitorId, ...program.visitorsOf(customerId)].flatMap',
      '...program.visitorsOf(customerId).filter((id) => id !== visitorId).flatMap',
    ],
    [
      'a link changes nothing that others of the customer bought as nobody known',
      '...[visitorId, ...program.visitorsOf(customerId)].flatMap',
      '...[visitorId].flatMap',
    ],
  ],
  'projections/attribution/src/facts.ts': [
    [
      'a link settles nothing',
      'if (changed) settle(program, triggersOfLink(program, visitorId, customerId), rows)',
      '',
    ],
    [
      'a link by a signup or a conversion settles only what comes later',
      'return changed ? [...triggersOfLink(program, visitorId, customerId), ...since] : since',
      'return since',
    ],
    [
      'a late click changes no conversion',
      'const triggers = triggersAround(program, { visitorId }, time)',
      'const triggers: TriggerRef[] = []',
    ],
    [
      'a late signup changes no conversion',
      "[{ kind: 'signup', id: customerId }, ...around]",
      "[{ kind: 'signup', id: customerId }]",
    ],
    [
      'a late conversion changes no later one',
      "[{ kind: 'conversion', id: conversionId }, ...around]",
      "[{ kind: 'conversion', id: conversionId }]",
    ],
    ['a link that came too late is listed', 'if (!unlisted) writeLink', 'writeLink'],
    ['a link that came too late is never listed', '    writeLink(visitorId, statement, rows)\n', ''],
    ['a link that came too late is listed again with all new terms', '    statement.unlisted = undefined\n', ''],
    [
      'a click is not listed once its code is known',
      "  if (reason === 'unknown-code') program.state.add('awaiting-code', program.key(own.codeKey), visitorId)\n",
      '',
    ],
  ],
  'projections/attribution/src/program.ts': [
    [
      'the first statement about a link decides',
      'return statements.findLast((it) => it.customerId === customerId && !this.isTooLate(it))',
      'return statements.find((it) => it.customerId === customerId && !this.isTooLate(it))',
    ],
    [
      'what came too late links',
      'it.customerId === customerId && !this.isTooLate(it))',
      'it.customerId === customerId)',
    ],
    ['an unlink is not looked at', 'linked ? [customerId] : []', '[customerId]'],
    [
      "anybody revokes anybody's code",
      'revocations.find((it) => it.advocateId === issued.advocateId)',
      'revocations[0]',
    ],
    [
      'the last revocation counts, not the first',
      'const valid = revocations.find(',
      'const valid = revocations.findLast(',
    ],
    [
      "an advocate's data is that of the end, not of then",
      'it.time <= time && it[field] !== undefined',
      'it[field] !== undefined',
    ],
    ["an advocate's data holds a millisecond late", 'it.time <= time && it[field]', 'it.time < time && it[field]'],
    [
      'what was first said of an advocate does not hold before',
      'return first && first.time > time ? first[field] : undefined',
      'return undefined',
    ],
    [
      'consent counts a millisecond late',
      'it.purpose === requireConsent && it.time <= time',
      'it.purpose === requireConsent && it.time < time',
    ],
    ['the first word on consent decides', 'consents.findLast(', 'consents.find('],
    ['consent to anything is consent', 'it.purpose === requireConsent && ', ''],
    ['silence is consent', '?.granted ?? false', '?.granted ?? true'],
    [
      'nobody known has consented',
      'if (customerId === undefined) return false\n    const { consents',
      'if (customerId === undefined) return true\n    const { consents',
    ],
    [
      'the second thrown-out touch is not looked for',
      'if (!this.self.disqualifies) return false',
      'if (this.self.disqualifies) return false',
    ],
  ],
  'projections/attribution/src/privacy.ts': [
    [
      'a word on consent settles nothing',
      '  settle(program, triggersAround(program, { customerId }, time), rows)\n',
      '',
    ],
  ],
}

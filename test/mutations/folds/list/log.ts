import type { Mistakes } from './mistakes.ts'

/** Terms and their versions, lateness, codes and advocates, and what is listed and named. */
export const log: Mistakes = {
  'packages/domain/src/terms/versions.ts': [
    [
      'terms take effect a millisecond late',
      'if (from > time || from < latestFrom) continue',
      'if (from >= time || from < latestFrom) continue',
    ],
    ['of two versions at once the older holds', 'from < latestFrom) continue', 'from <= latestFrom) continue'],
    ['the version published last holds', 'if (from > time || from < latestFrom) continue', 'if (from > time) continue'],
    [
      'the first version holds for ever',
      'if (from > time || from < latestFrom) continue',
      'if (latest || from > time) continue',
    ],
  ],
  'packages/domain/src/terms/compiled.ts': [
    [
      'the share of the first touch is half as large',
      'first: billionths(attribution.positionBased.first)',
      'first: billionths(attribution.positionBased.first) / 2n',
    ],
    ['caps per month hold for ever', "per: cap.per ?? ('ever' as const)", "per: 'ever' as const"],
    ['tiers per month count for ever', "amount.tiers && (amount.tiers.per ?? 'ever')", "amount.tiers && 'ever'"],
    [
      'caps per customer are not looked at',
      "(['perAdvocate', 'perCustomer', 'perProgram'] as const)",
      "(['perAdvocate', 'perProgram'] as const)",
    ],
    ['new customers are not asked for', "newCustomer: when?.customer === 'new'", 'newCustomer: false'],
  ],
  'packages/domain/src/lateness.ts': [
    [
      'a clock that is ahead makes others late',
      'const time = Math.min(event.time, recordedAt)',
      'const time = event.time',
    ],
    ['the clock goes back', 'return clock === undefined || time > clock ? time : clock', 'return time'],
    ['the clock is that of recording', 'const time = Math.min(event.time, recordedAt)', 'const time = recordedAt'],
    ['shares do not move the clock', "'vouch.share.v1', ", ''],
    [
      'refunds move the clock',
      "new Set<EventType>(['vouch.click.v1'",
      "new Set<EventType>(['vouch.refund.v1', 'vouch.click.v1'",
    ],
  ],
  'projections/attribution/src/program.ts': [
    [
      'what is exactly at the horizon is not taken into account',
      'fact.lateMs > compileTerms(version).horizonMs',
      'fact.lateMs >= compileTerms(version).horizonMs',
    ],
    ['the horizon is not looked at', "? 'beyond-horizon' : undefined", '? undefined : undefined'],
    [
      'what came before the terms is taken into account',
      "if (!version) return 'no-terms'",
      'if (!version) return undefined',
    ],
  ],
  'projections/attribution/src/fold.ts': [
    [
      'everything moves the clock',
      'if (canBeLate(event.type)) {',
      'if (event.type) {',
      'the clock asks again whether a fact can be late; the latest time only spares work',
    ],
    [
      'lateness is measured against the event itself',
      'const late = lateBy(clock, event)',
      'const late = lateBy(advanceClock(clock, event, recordedAt), event)',
      'an event cannot be late for itself',
    ],
    ['a suspension is a reinstatement', '{ ...base, suspended: true }', '{ ...base, suspended: false }'],
    ['an unlink is a link', '{ ...base, linked: false }', '{ ...base, linked: true }'],
    ['an amendment is a refund', "'amendments',", "'refunds',"],
  ],
  'projections/attribution/src/anew.ts': [
    ['clicks are not listed anew under new terms', '          listClick(program, visitorId, page, click, rows)\n', ''],
    ['clicks are not paid under new terms', '          openClickTrigger(program, visitorId, click)\n', ''],
  ],
  'projections/attribution/src/clicks.ts': [
    [
      'of a visitor with very many clicks only the newest are found',
      'if (older.before.time >= since) yield read(program, visitorId, older)',
      '',
    ],
    ['a day begins anew with each page of clicks', 'read(program, visitorId, older[place + step * away])', 'page'],
    [
      'clicks are looked for one page too late',
      'if (older.before.time > until) return',
      'if (older.before.time >= until) return',
    ],
  ],
  'projections/attribution/src/trigger-order.ts': [
    ['triggers take room in order of arrival where many change', '    found.sort(compareOccurrence)\n', ''],
  ],
  'projections/attribution/src/operator.ts': [
    [
      'terms that come late judge nothing anew',
      'if (latest !== undefined && latest >= from) yield',
      'if (latest === undefined) yield',
    ],
    ['terms reach what lies ahead of recording too late', 'latest >= from', 'latest > from + 3_600_000'],
    ['rewards by hand go on waiting', '  for (const reward of waiting) writeHandReward(program, reward, rows)\n', ''],
    [
      'a touch that is thrown out settles nothing',
      "const refs = program.state.members('by-touch', key).map(refOf)",
      'const refs: TriggerRef[] = []',
    ],
    [
      'a touch that is thrown out is not named',
      "  bookExclusions({ exclusions: [] }, [{ subject: 'touch', reason: 'disqualified', source, eventId: id }], rows)\n",
      '',
    ],
  ],
  'projections/attribution/src/codes.ts': [
    [
      'a code that is issued late settles nothing',
      "  yield* settleNamed(program, program.state.members('by-code', program.key(key)), rows, held)\n}\n\n/**\n * A code counts",
      '}\n\n/**\n * A code counts',
    ],
    [
      'a revocation settles nothing',
      "  yield* settleNamed(program, program.state.members('by-code', program.key(key)), rows, held)\n}\n\nfunction writeCode",
      '}\n\nfunction writeCode',
    ],
    [
      'clicks on a code that comes later are not listed',
      'if (click.codeKey === key) listClick(program, visitorId, page, click, rows)',
      '',
    ],
    [
      "a stranger's revocation is not named",
      'it.advocateId !== issued?.advocateId)\n',
      'it.advocateId === undefined)\n',
    ],
  ],
  'projections/attribution/src/advocates.ts': [
    [
      "a change of an advocate's customer settles nothing",
      'customerId !== undefined || parentAdvocateId',
      'parentAdvocateId',
    ],
    ['a new parent settles nothing', ' || parentAdvocateId !== undefined || isFirst', ' || isFirst'],
    ['a suspension settles nothing', 'if (suspended !== undefined || ', 'if ('],
    [
      "a parent's suspension does not reach its children's conversions",
      "    ...program.state.members('by-parent', program.key(advocateId)),\n",
      '',
    ],
    [
      "a sharer's suspension does not reach the shares",
      "    ...program.state.members('by-sharer', program.key(advocateId)),\n",
      '',
    ],
    [
      'an advocate is shown as first said',
      'statements.findLast((it) => it[field] !== undefined)',
      'statements.find((it) => it[field] !== undefined)',
    ],
  ],
  'projections/attribution/src/exclusion.ts': [
    [
      'exclusions are never retracted',
      "if (!texts.has(text)) rows.push('exclusions', { sign: -1",
      "if (texts.size < 0) rows.push('exclusions', { sign: -1",
    ],
    ['exclusions are written again each time', 'if (!before.has(text)) rows', 'if (text) rows'],
  ],
  'projections/attribution/src/rows.ts': [
    ['rows forget when their event was recorded', 'recorded_at = this.#recordedAt', 'recorded_at = this.#occurredAt'],
    ['ids run into each other', "parts.map(percentEncoded).join(':')", "parts.join(':')"],
  ],
  'projections/attribution/src/touches.ts': [
    ['touches are listed by the code in small letters', '    code,\n', '    code: code.toLowerCase(),\n'],
  ],
  'projections/attribution/src/activity-cases.ts': [
    ['a signup is listed once more with each change', '        state.recorded = true\n', ''],
    ['a share is listed once more with each change', '      })\n      state.listed = true\n', '      })\n'],
    [
      'a signup is a touch once more with each change',
      'visitorId: fact.visitorId }, rows)\n      state.listed = true\n',
      'visitorId: fact.visitorId }, rows)\n',
    ],
  ],
  'projections/events/src/index.ts': [
    [
      'the log is listed with the times of recording',
      'occurred_at: timestamp(event.time)',
      'occurred_at: timestamp(recordedAt)',
    ],
  ],
}

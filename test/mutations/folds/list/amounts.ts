import type { Mistakes } from './mistakes.ts'

/** How a conversion's amount is worked out, weighted and split. */
export const amounts: Mistakes = {
  'packages/domain/src/attribution/models.ts': [
    ['first touch is last touch', '(index === 0 ? 1n : 0n))\n    case', '(index === last ? 1n : 0n))\n    case'],
    ['two touches are weighted as three', 'if (count <= 2) return', 'if (count <= 1) return'],
    [
      'first and last swap their shares',
      'index === 0 ? first * middles : index === count - 1 ? last * middles',
      'index === 0 ? last * middles : index === count - 1 ? first * middles',
    ],
    [
      'every middle touch has all of the middle',
      'index === 0 ? first * middles : index === count - 1 ? last * middles',
      'index === 0 ? first : index === count - 1 ? last',
    ],
    ['older touches weigh more', '2 ** (-ageMs / halfLifeMs)', '2 ** (ageMs / halfLifeMs)'],
    ['weights decay by the base of e', '2 ** (-ageMs / halfLifeMs)', 'Math.exp(-ageMs / halfLifeMs)'],
    [
      'age is counted from the oldest touch',
      'const newest = times[last] as number',
      'const newest = times[0] as number',
    ],
    ['weights are cut, not rounded', 'Math.round(2 **', 'Math.floor(2 **'],
    [
      'credit without an amount is left out',
      'if (credit !== 0n || amountMinor !== 0n) parts.push',
      'if (amountMinor !== 0n) parts.push',
    ],
    [
      'linear is last touch',
      'return times.map(() => 1n)',
      'return times.map((_, index) => (index === last ? 1n : 0n))',
    ],
  ],
  'packages/domain/src/split.ts': [
    ['what is left goes to the later of equals', 'x === y ? a - b :', 'x === y ? b - a :'],
    ['what is left goes to the smallest remainders', 'x > y ? -1 : 1', 'x > y ? 1 : -1'],
    [
      'what is left goes to the first',
      'for (const index of order.slice(0, Number(left)))',
      'for (const index of Array.from({ length: Number(left) }, (_, at) => at))',
    ],
    [
      'what is left is lost',
      '  for (const index of order.slice(0, Number(left))) parts[index] = (parts[index] as bigint) + 1n\n',
      '',
    ],
  ],
  'packages/domain/src/attribution/net.ts': [
    ['the first amendment counts', 'const amendment = amended.pop()', 'const amendment = amended.shift()'],
    [
      'corrections in another currency count',
      'if (correction.amount.currency === amount.currency) kept',
      'if (correction.amount.currency) kept',
    ],
    [
      'the net falls below zero',
      'netMinor = refundMinor > netMinor ? 0n : netMinor - refundMinor',
      'netMinor = netMinor - refundMinor',
    ],
    [
      'a refund of all that is left exceeds it',
      'if (refundMinor > netMinor) refused',
      'if (refundMinor >= netMinor) refused',
    ],
    [
      'a refund that exceeds the amount takes nothing',
      'netMinor = refundMinor > netMinor ? 0n :',
      'netMinor = refundMinor > netMinor ? netMinor :',
    ],
    [
      'what exceeds the amount is not named',
      "if (refundMinor > netMinor) refused.push({ correction, reason: 'refund-exceeds-amount' })",
      '',
    ],
    [
      'what is superseded is not named',
      "  for (const correction of amended) refused.push({ correction, reason: 'superseded' })\n",
      '',
    ],
    [
      'corrections count in the order of arrival',
      'of [...corrections].sort(compareOccurrence)',
      'of corrections.toReversed()',
    ],
    ['refunds are taken from the original amount', 'let netMinor = grossMinor', 'let netMinor = toMinor(amount)'],
  ],
  'packages/domain/src/attribution/items.ts': [
    [
      'items given back stay in the share',
      'const matching = matchingIn(items) - matchingIn(returned)',
      'const matching = matchingIn(items)',
    ],
    ['items of a refund are not found by their sku', 'item.category ?? categoryOf.get(item.sku)', 'item.category'],
    ['the share is of the items alone', 'const whole = listed > left ? listed : left', 'const whole = listed'],
    ['the share is of the amount alone', 'const whole = listed > left ? listed : left', 'const whole = left'],
    ['the share may be more than all', 'matching >= whole ? { num: 1n, den: 1n } : {', '{'],
    ['refunds without items take from the items', 'refund.items && refund.items.length > 0)', 'refund.amount)'],
  ],
  'packages/domain/src/decimal.ts': [
    ['halves are rounded down', 'const half = num < 0n ? -den : den', 'const half = num < 0n ? 1n - den : den - 1n'],
    ['amounts are cut, not rounded', 'return (2n * num + half) / (2n * den)', 'return num / den'],
    [
      'halves are rounded to even',
      'return (2n * num + half) / (2n * den)',
      'return (2n * num + half) % (2n * den) === 0n ? ((2n * num + half) / (2n * den) / 2n) * 2n : (2n * num + half) / (2n * den)',
    ],
  ],
  'projections/attribution/src/attributions.ts': [
    ['a part under other terms keeps its version', 'a.version !== b.version || ', ''],
    ['a refund is not divided among the touches', 'a.net !== b.net || ', ''],
    [
      'another path of the same length is the same',
      'return a.path.every((touch, index) => touch.source === b.path[index]?.source && touch.id === b.path[index]?.id)',
      'return true',
    ],
    ['what stood is not taken back', '  addParts(program, state.standing, totals, -1n)\n', ''],
    ['every change is an attribution', "entry: state.attributed ? entry : 'attributed'", "entry: 'attributed'"],
    ['corrections stay on the day of the sale', 'rows.isCorrection() ? rows.cause.occurredAt : fact.time', 'fact.time'],
    [
      'all corrections are dated by what made them',
      'rows.isCorrection() ? rows.cause.occurredAt : fact.time',
      'rows.cause.occurredAt',
    ],
    ['the channel is lost', "channel: touch.channel ?? ''", "channel: ''"],
    ['versions are not told apart', 'standing.version} ', 'standing.version - standing.version} '],
  ],
  'projections/attribution/src/conversion-case.ts': [
    [
      'a refund is booked as an amendment',
      "write(rows.cause.type === 'vouch.refund.v1' ? 'refunded' : 'amended', difference)",
      "write('amended', difference)",
    ],
    [
      'corrections that came first are forgotten',
      "    if (net.netMinor !== net.grossMinor) write('refunded', net.netMinor - net.grossMinor)\n",
      '',
    ],
    [
      'what is not taken into account keeps its amount',
      "if (state.bookedNet !== undefined && state.bookedNet !== '0') write('amended', -BigInt(state.bookedNet))",
      '',
    ],
    [
      'corrections of what is not taken into account are not named',
      'return [fact, ...corrections].map',
      'return [fact].map',
    ],
  ],
}

import { type Model, models, toMinor } from '@vouch/domain'
import { readable } from './amounts.ts'
import { bar, grid, named, type Paper, section, wrap } from './layout.ts'
import type { Next } from './next.ts'
import type { Proof } from './proof.ts'
import type { Report } from './report.ts'
import { explained, retold } from './story-text.ts'

/** The report as people read it on a terminal or in a file. */
export function reportText(report: Report, paper: Paper): string {
  const sections = [
    intro(report, paper),
    leaderBoard(report, paper),
    revenue(report, paper),
    comparison(report, paper),
    owed(report, paper),
    excluded(report, paper),
    retold(report, paper),
    explained(report, paper),
  ]
  return sections.join('\n\n')
}

const many = (count: number, one: string): string => `${readable(String(count))} ${count === 1 ? one : `${one}s`}`

function intro({ program, simulated, outcomes, seed }: Report, paper: Paper): string {
  const of = (type: string) => simulated.types[`vouch.${type}.v1`] ?? 0
  const what =
    `A made-up tea shop and its program "${program.name}", ${simulated.from} to ${simulated.to} (seed ${seed}): ` +
    `${many(simulated.advocates, 'advocate')} made ${many(of('share'), 'share')}; ` +
    `${many(simulated.visitors, 'visitor')} came through ${many(of('click'), 'click')}; ` +
    `${many(of('signup'), 'signup')}, ${many(of('conversion'), 'conversion')}, ${many(of('refund'), 'refund')}, ` +
    `${many(of('conversion.amended'), 'amendment')}, ${many(program.versions, 'version')} of the terms.`
  const how =
    `Sent to the log in order of arrival: ${many(outcomes.read, 'line')}, of which ${readable(String(outcomes.appended))} were appended, ` +
    `${many(outcomes.duplicate, 'duplicate')} changed nothing, ${outcomes.conflict} contradicted what the log has, and ` +
    `${outcomes.rejected} were rejected.`
  const refusals = (['rejected', 'conflict'] as const).flatMap((outcome) => {
    const example = outcomes.refusals.find((it) => it.outcome === outcome)
    return example ? [wrap(`${outcome}: ${example.id ?? 'a line'}: ${example.message}`, paper.width, '  ')] : []
  })
  return [
    paper.heading('A spring of referrals, simulated'),
    wrap(what, paper.width),
    '',
    wrap(how, paper.width),
    ...refusals.map(paper.quiet),
  ].join('\n')
}

function leaderBoard({ program, performance }: Report, paper: Paper): string {
  const { currency } = program
  const minor = (value: string) => toMinor({ value, currency })
  const largest = minor(performance.advocates[0]?.revenue ?? '0')
  // What the columns beside the bar take at their widest is 73.
  const cells = Math.max(7, Math.min(30, paper.width - 73))
  const numbers = (it: Report['performance']['total']) => [
    String(it.clicks),
    String(it.signups),
    it.conversions,
    readable(it.revenue),
  ]
  const rows = performance.advocates.map((it) => [
    it.advocateId,
    it.kind,
    ...numbers(it),
    paper.bar(bar(minor(it.revenue), largest, cells)),
    readable(it.rewards),
  ])
  const total = [
    paper.strong('all'),
    '',
    ...numbers(performance.total).map(paper.strong),
    '',
    paper.strong(readable(performance.total.rewards)),
  ]
  return section(
    paper,
    'Leader board',
    `Who brought what, by the model that pays (${program.rewardBy}), after all corrections. Revenue is in ${currency}, the currency of the program, and rewards are what it earned them, with what was granted by hand; conversions are those in all currencies.`,
    grid(
      paper,
      ['advocate', 'kind', '>clicks', '>signups', '>conversions', '>revenue', '', '>rewards'],
      [...rows, total],
    ),
  )
}

function revenue({ performance }: Report, paper: Paper): string {
  return section(
    paper,
    'Revenue by currency',
    'Net of refunds and amendments. Credited and credited to nobody make up the whole.',
    grid(
      paper,
      ['currency', '>conversions', '>net', '>credited', '>to nobody'],
      performance.revenue.map((it) => [
        it.currency,
        String(it.conversions),
        readable(it.net),
        readable(it.credited),
        readable(it.toNobody),
      ]),
    ),
  )
}

const heads: Readonly<Record<Model, string>> = {
  'first-touch': 'first',
  'last-touch': 'last',
  linear: 'linear',
  'position-based': 'position',
  'time-decay': 'decay',
}

function comparison({ program, models: rows }: Report, paper: Paper): string {
  const shown = rows.slice(0, 8)
  return section(
    paper,
    'Five models side by side',
    `The same revenue in ${program.currency}, credited to first touch, last touch, all touches alike (linear), mostly the first and last (position), or more the newer the touch (decay). How much the choice matters is in the last column. The ${shown.length} advocates with the most revenue:`,
    grid(
      paper,
      [
        'advocate',
        ...models.map((model) => `>${heads[model]}${model === program.rewardBy ? ' (pays)' : ''}`),
        '>differs by',
      ],
      shown.map((row) => [
        row.advocateId,
        ...models.map((model) => (model === program.rewardBy ? paper.strong : String)(readable(row.amounts[model]))),
        readable(row.spread),
      ]),
    ),
  )
}

function owed({ program, balances }: Report, paper: Paper): string {
  const { beneficiaries, referees, total } = balances
  const numbers = (it: typeof total) => [
    readable(it.accrued),
    readable(it.reversed),
    readable(it.balance),
    readable(it.payable),
    readable(it.later),
    it.lastAvailableOn,
  ]
  return section(
    paper,
    'What is owed',
    `Rewards in ${program.currency}. What refunds, late facts and operators took back is reversed; the rest is owed. Of that, what is out of its hold on ${balances.asOf} is payable, and all of it on the day in the last column. Referees are customers who were welcomed.`,
    grid(
      paper,
      ['to', '>accrued', '>reversed', '>owed', '>payable', '>later', 'all by'],
      [
        ...beneficiaries.map((it) => [named(it.beneficiaryId, it.role), ...numbers(it)]),
        [many(referees.count, 'referee'), ...numbers(referees)],
        [paper.strong('all'), ...numbers(total).map(paper.strong)],
      ],
    ),
  )
}

function excluded({ exclusions }: Report, paper: Paper): string {
  return section(
    paper,
    'What does not count, and why',
    'Nothing is dropped in silence: one touch may be named for several conversions, and one conversion for several rules.',
    grid(
      paper,
      ['what', '>count', 'reason', 'which means'],
      exclusions.map((it) => [it.subject, String(it.count), it.reason, it.meaning]),
    ),
  )
}

/** What was proved, and what to try next; commands are never broken, so that they can be copied. */
export function farewellText(proof: Proof, next: readonly Next[], paper: Paper): string {
  const proved = `The books balance: ${many(proof.laws, 'law')} hold, and all ${proof.tables} tables equal a second fold of the log (position ${proof.position}).`
  const steps = next.map(({ why, command }) => `  ${paper.quiet(why)}\n    ${command}`)
  return [paper.good(wrap(proved, paper.width)), '', 'All of it is kept, to go on with:', ...steps].join('\n')
}

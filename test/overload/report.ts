import plot from 'simple-ascii-chart'
import type { Outcome } from './overload.ts'
import { quantile, type Second } from './seconds.ts'

/** What a run has shown, as Markdown: the figures, every so many seconds, and charts of all of them. */
export function report(outcome: Outcome): string {
  return `${figures(outcome)}\n\n${table(outcome)}\n\n${charts(outcome)}\n`
}

const whole = (value: number): string => Math.round(value).toLocaleString('en-US')
const mebibytes = (bytes: number | undefined): string => (bytes === undefined ? '' : whole(bytes / 2 ** 20))

function figures({ capacity, offeredPerSecond, before, during, after, counts, ...rest }: Outcome): string {
  const of = (seconds: readonly Second[], who: 'large' | 'small') => seconds.flatMap((it) => it.latencies[who])
  const latency = (values: readonly number[]) => `${whole(quantile(values, 0.5))} / ${whole(quantile(values, 0.99))}`
  const most = (seconds: readonly Second[], value: (of: NonNullable<Second['server']>) => number) =>
    Math.max(0, ...seconds.flatMap(({ server }) => (server ? [value(server)] : [])))
  const sum = (value: (second: Second) => number) => during.reduce((all, second) => all + value(second), 0)
  const rows = [
    ['can take, a second: in requests of 100 / one by one', `${whole(capacity.batches)} / ${whole(capacity.singles)}`],
    ['was offered, a second, as planned', whole(offeredPerSecond)],
    [`was offered, a second, for ${during.length} s`, whole(sum((it) => it.offered) / during.length)],
    ['was accepted, a second', whole(sum((it) => it.accepted) / during.length)],
    ['was turned away, a second', whole(sum((it) => it.turnedAway) / during.length)],
    ['latency of accepted requests of 100, p50 / p99, ms', latency(of(during, 'large'))],
    ['the small sender before: p50 / p99, ms', latency(of(before, 'small'))],
    ['the small sender meanwhile: p50 / p99, ms', latency(of(during, 'small'))],
    ['the small sender afterwards: p50 / p99, ms', latency(of(after, 'small'))],
    [
      'the small sender meanwhile: accepted of its requests',
      `${whole(
        (100 * of(during, 'small').length) /
          Math.max(
            1,
            sum((it) => it.offeredBySmall),
          ),
      )} %`,
    ],
    ['`/healthz`, longest, ms', whole(most(during, (it) => it.healthMs))],
    ['resident memory, most, MiB', mebibytes(most([...during, ...after], (it) => it.rssBytes))],
    ['heap, most, MiB', mebibytes(most([...during, ...after], (it) => it.heapBytes))],
    ['bodies held, most, MiB', (most(during, (it) => it.pendingBytes) / 2 ** 20).toFixed(1)],
    ['tables behind the log at the end, events', whole(during.at(-1)?.server?.behind ?? 0)],
    ['tables complete again after, s', whole(rest.caughtUpAfterSeconds)],
    [
      'events accepted / turned away / without an answer',
      `${whole(counts.accepted)} / ${whole(counts['turned away'])} / ${whole(counts.unanswered)}`,
    ],
    [
      'accepted and not in the log exactly once, or in the log and turned away',
      rest.problems.length === 0 ? 'none' : rest.problems.join(' '),
    ],
    ['`vouch verify`', rest.verified.replaceAll('\n', ' ')],
  ]
  return ['| what | |', '|---|---:|', ...rows.map(([what, value]) => `| ${what} | ${value} |`)].join('\n')
}

/** So many rows at the most. */
const rowsShown = 30

function table({ during }: Outcome): string {
  const every = Math.ceil(during.length / rowsShown)
  const rows = during
    .filter(({ at }) => at % every === 0)
    .map(({ at, offered, accepted, turnedAway, latencies, server }) => {
      const { large, small } = latencies
      const ms = (values: readonly number[]) => `${whole(quantile(values, 0.5))} / ${whole(quantile(values, 0.99))}`
      return `| ${at} | ${whole(offered)} | ${whole(accepted)} | ${whole(turnedAway)} | ${ms(large)} | ${ms(small)} | ${mebibytes(server?.rssBytes)} | ${mebibytes(server?.heapBytes)} | ${whole(server?.lagSeconds ?? 0)} |`
    })
  return [
    '| second | offered | accepted | turned away | p50 / p99 ms | small sender | RSS MiB | heap MiB | lag s |',
    '|---:|---:|---:|---:|---:|---:|---:|---:|---:|',
    ...rows,
  ].join('\n')
}

function charts({ during, after }: Outcome): string {
  const chart = (
    title: string,
    series: readonly (readonly [string, readonly Second[], (second: Second) => number])[],
  ) => {
    const lines = series.map(([, seconds, value]) => thinned(seconds).map((it): [number, number] => [it.at, value(it)]))
    const names = series.map(([name]) => name)
    return plot(lines, { width: 72, height: 12, title, ...(names.length > 1 ? { legend: { series: names } } : {}) })
  }
  return [
    '```text',
    chart('events a second: offered (upper), accepted (lower)', [
      ['offered', during, (it) => it.offered],
      ['accepted', during, (it) => it.accepted],
    ]),
    chart('p99 of accepted requests of a hundred, ms', [['p99', during, (it) => quantile(it.latencies.large, 0.99)]]),
    chart('resident memory, MiB', [['rss', sampled(during), (it) => Math.round((it.server?.rssBytes ?? 0) / 2 ** 20)]]),
    chart('events that the tables lack, after the load has ended', [
      ['behind', sampled(after), (it) => it.server?.behind ?? 0],
    ]),
    '```',
  ].join('\n')
}

const sampled = (seconds: readonly Second[]): Second[] => seconds.filter(({ server }) => server !== undefined)

/** As many as there is room for. */
const thinned = (seconds: readonly Second[]): Second[] => {
  const every = Math.ceil(seconds.length / 70)
  return seconds.filter((_, n) => n % every === 0)
}

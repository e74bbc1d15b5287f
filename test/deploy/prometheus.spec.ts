import { parser } from '@prometheus-io/lezer-promql'
import { describe, expect, it } from 'vitest'
import { compose, read, readYaml } from './files.ts'
import { alerts, metricsIn } from './queries.ts'

interface Config {
  readonly rule_files: readonly string[]
  readonly scrape_configs: readonly {
    readonly job_name: string
    readonly static_configs: readonly { readonly targets: readonly string[] }[]
  }[]
}

const config = readYaml('deploy/prometheus/prometheus.yml') as Config

describe('prometheus.yml', () => {
  it('reads the rules, and asks every process of vouch that runs', () => {
    expect(config.rule_files).toEqual(['rules/*.yml'])
    const targets = config.scrape_configs.flatMap(({ job_name, static_configs }) =>
      static_configs.flatMap((it) => it.targets).map((target) => [job_name, target]),
    )
    expect(targets).toEqual([
      ['vouch', 'vouch:8080'],
      ['relay', 'relay:9464'],
      ['projector', 'projector-1:9464'],
      ['projector', 'projector-2:9464'],
      ['eventstore', 'eventstore:2113'],
    ])
    for (const [, target = ''] of targets) expect(Object.keys(compose.services)).toContain(target.split(':')[0])
  })
})

describe('the alert rules', () => {
  const jobs = config.scrape_configs.map(({ job_name }) => job_name)

  it.each(alerts.map((it) => [it.alert, it] as const))(
    '%s can be understood, by Prometheus and by who is woken',
    (name, it) => {
      expect(name).toMatch(/^Vouch[A-Z][A-Za-z]+$/)
      expect(metricsIn(it.expr)).not.toEqual([])
      expect(['page', 'ticket']).toContain(it.labels.severity)
      expect(it.annotations.summary).toMatch(/\.$/)
      expect(it.for ?? '0m').toMatch(/^\d+m$/)
      for (const [, matched = ''] of it.expr.matchAll(/job=~?"([^"]+)"/g))
        for (const job of matched.split('|')) expect(jobs).toContain(job)
      // What is summed has no labels left that could be the same as those of the other side.
      expect(it.expr).not.toMatch(/\band\s+\(?(sum|max|min)\b/)
      // A template that names a label which the expression has summed away would be empty.
      for (const [, label = ''] of it.annotations.summary.matchAll(/\$labels\.(\w+)/g))
        if (/\b(sum|max|min)\b/.test(it.expr)) expect(it.expr).toMatch(new RegExp(`by \\(${label}\\)`))
    },
  )

  it('are said in the guide, each with what to do', () => {
    const guide = read('docs/operations/alerts.md')
    const said = [...guide.matchAll(/^\| `(Vouch\w+)`/gm)].map(([, alert]) => alert)
    expect(said).toEqual(alerts.map(({ alert }) => alert))
  })

  it('count the partitions that docker-compose.yml has', () => {
    const { expr = '' } = alerts.find(({ alert }) => alert === 'VouchPartitionsUnowned') ?? {}
    expect(compose.services.relay?.environment?.VOUCH_LOG_PARTITIONS).toMatch(
      new RegExp(`:-${expr.split('< ')[1]}\\}$`),
    )
  })

  it('would not pass with an expression that is none', () => {
    expect(() => metricsIn('sum(rate(vouch_events_total[5m])) by')).toThrow('cannot be parsed')
    expect(parser.parse('up == 0').toString()).toContain('BinaryExpr')
  })
})

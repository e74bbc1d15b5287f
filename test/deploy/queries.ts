import { parser } from '@prometheus-io/lezer-promql'
import { readJson, readYaml } from './files.ts'

export interface Alert {
  readonly alert: string
  readonly expr: string
  readonly for?: string
  readonly labels: { readonly severity: string }
  readonly annotations: { readonly summary: string }
}

export const alerts = (
  readYaml('deploy/prometheus/rules/vouch.yml') as { groups: { rules: Alert[] }[] }
).groups.flatMap(({ rules }) => rules)

export interface Panel {
  readonly id: number
  readonly type: string
  readonly title: string
  readonly description?: string
  readonly datasource?: DataSource
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number }
  readonly targets?: readonly { refId: string; datasource: DataSource; expr?: string; rawSql?: string }[]
}

interface DataSource {
  readonly type: string
  readonly uid: string
}

export const dashboard = readJson('deploy/grafana/dashboards/vouch.json') as {
  readonly uid: string
  readonly title: string
  readonly panels: readonly Panel[]
}

/**
 * The metrics that an expression asks for, in its order.
 * @throws Error if Prometheus could not parse it
 */
export function metricsIn(expr: string): readonly string[] {
  // Grafana puts a duration there before Prometheus sees it.
  const text = expr.replaceAll('$__rate_interval', '1m')
  const names: string[] = []
  parser.parse(text).iterate({
    enter: ({ name, from, to, type }) => {
      if (type.isError) throw new Error(`${text} cannot be parsed at "${text.slice(Math.max(0, from - 10), to + 10)}"`)
      if (name === 'VectorSelector') names.push(/^[a-zA-Z_:][a-zA-Z0-9_:]*/.exec(text.slice(from, to))?.[0] ?? '')
    },
  })
  return names
}

const expressions = [
  ...alerts.map(({ expr }) => expr),
  ...dashboard.panels.flatMap(({ targets = [] }) => targets.flatMap(({ expr }) => (expr === undefined ? [] : [expr]))),
]

/** Every metric that a rule or a panel asks for; of a histogram, its own name. */
export const askedMetrics: readonly string[] = [
  ...new Set(expressions.flatMap(metricsIn).map((name) => name.replace(/_seconds_(bucket|count|sum)$/, '_seconds'))),
].sort()

/** The panels' queries to ClickHouse. */
export const askedSql: readonly { readonly title: string; readonly sql: string }[] = dashboard.panels.flatMap(
  ({ title, targets = [] }) => targets.flatMap(({ rawSql }) => (rawSql === undefined ? [] : [{ title, sql: rawSql }])),
)

import { describe, expect, it } from 'vitest'
import { compose, readYaml } from './files.ts'
import { dashboard, metricsIn } from './queries.ts'

interface DataSources {
  readonly datasources: readonly {
    readonly uid: string
    readonly type: string
    readonly url?: string
    readonly jsonData?: { readonly host: string }
    readonly secureJsonData?: Readonly<Record<string, string>>
  }[]
}

const { datasources } = readYaml('deploy/grafana/provisioning/datasources/vouch.yml') as DataSources
const grafana = compose.services.grafana

describe('the data sources', () => {
  it('are services that there are, asked by who may only read', () => {
    for (const { url, jsonData } of datasources) {
      const host = url === undefined ? jsonData?.host : new URL(url).hostname
      expect(Object.keys(compose.services)).toContain(host)
    }
    expect(datasources[1]).toMatchObject({ jsonData: { username: 'analyst', protocol: 'http' } })
  })

  it('get their passwords and plugins from the environment', () => {
    for (const { secureJsonData = {} } of datasources)
      for (const value of Object.values(secureJsonData))
        expect(Object.keys(grafana?.environment ?? {})).toContain(value.slice(1))
    expect(grafana?.environment?.GF_PLUGINS_PREINSTALL).toMatch(/^grafana-clickhouse-datasource@\d+\.\d+\.\d+$/)
  })
})

describe('the dashboard', () => {
  const { panels } = dashboard
  const asking = panels.filter(({ type }) => type !== 'row')

  it('lies where Grafana looks for it', () => {
    const { providers } = readYaml('deploy/grafana/provisioning/dashboards/vouch.yml') as {
      providers: { options: { path: string } }[]
    }
    const mounted = grafana?.volumes?.map((volume) => volume.split(':')[1])
    expect(mounted).toContain(providers[0]?.options.path)
    expect(mounted).toContain('/etc/grafana/provisioning')
  })

  it('has panels with a number, a title and a place of their own', () => {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length)
    const taken = new Set<string>()
    for (const { title, gridPos } of panels) {
      expect(title).not.toBe('')
      expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24)
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++)
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          expect(taken.has(`${x},${y}`), `${title} lies on another`).toBe(false)
          taken.add(`${x},${y}`)
        }
    }
    for (const { title, description } of asking) expect(description, title).toBeTruthy()
  })

  it('asks data sources that there are, in their own language', () => {
    for (const { title, datasource, targets = [] } of asking) {
      expect(targets.length, title).toBeGreaterThan(0)
      for (const target of targets) {
        expect(target.datasource).toEqual(datasource)
        const source = datasources.find(({ uid }) => uid === target.datasource.uid)
        expect(source?.type, title).toBe(target.datasource.type)
        if (source?.type === 'prometheus') expect(metricsIn(target.expr ?? ''), title).not.toEqual([])
        else expect(target.rawSql, title).toMatch(/^SELECT /)
      }
    }
  })

  it('shows lag, rates of ingestion, outcomes, and revenue by advocate', () => {
    expect(asking.map(({ title }) => title)).toEqual(
      expect.arrayContaining([
        'Projection lag',
        'Events a second, by outcome',
        'Revenue by advocate',
        'Relay lag',
        'Balances',
      ]),
    )
  })
})

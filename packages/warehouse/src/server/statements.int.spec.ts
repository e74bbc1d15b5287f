import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openChdb } from '../chdb/chdb.ts'
import { temporaryFolder } from '../chdb/temporary.ts'
import { type ClickHouse, quote } from '../clickhouse.ts'
import { mark } from '../conformance/harness.ts'
import { type Layout, plainLayout } from '../tables/layout.ts'
import { readSchema } from '../tables/read-schema.ts'
import { createWarehouse } from '../warehouse.ts'
import { accessStatements } from './access.ts'
import { clusterSettings } from './cluster.ts'
import { type Cluster, clusterLayout } from './layout.ts'

const tables = ['tables.sql', 'rolled.sql'].map((name) => new URL(`../fixtures/${name}`, import.meta.url))
const cluster: Cluster = { name: 'main', nodes: 4, replicas: 2 }
const passwords = { ownPassword: "own's", analystPassword: 'of an analyst' }
const access = (on?: string) => accessStatements({ cluster: on, ...passwords })

describe('the statements of a server', () => {
  const { path, remove } = temporaryFolder()
  let engine: ClickHouse
  beforeAll(async () => {
    engine = await openChdb(path)
  })
  afterAll(() => engine.close().finally(remove))

  const kinds: readonly (readonly [string, () => Promise<readonly string[]>])[] = [
    ['single.sql', () => recorded(plainLayout)],
    ['cluster.sql', () => recorded(clusterLayout(cluster))],
    ['access.sql', async () => access()],
    ['cluster-access.sql', async () => access('main')],
  ]

  it.each(kinds)('are those of golden/%s, and ClickHouse can read them', async (file, statements) => {
    const all = await statements()
    await expect(`${all.join(';\n\n')};\n`).toMatchFileSnapshot(`./golden/${file}`)
    for (const statement of all) {
      // What ClickHouse makes of a text that it can read is on one line; what it cannot read, it says.
      const [row] = await engine.rows<{ line: string }>(`SELECT formatQuerySingleLine(${quote(statement)}) AS line`)
      expect(row?.line).not.toBe('')
    }
  })

  it('of a cluster are on the cluster where they make or drop, and name one engine for each node to share', async () => {
    const all = await recorded(clusterLayout(cluster))
    for (const statement of all.filter((it) => /^(CREATE|DROP|ALTER)/.test(it)))
      expect(statement).toContain("ON CLUSTER 'main'")
    for (const statement of all.filter((it) => /^CREATE TABLE/.test(it)))
      expect(statement).toMatch(/ENGINE = (?:ReplicatedReplacingMergeTree|Distributed)\(/)
  })
})

it('rows of a cluster are acknowledged by each replica of their shard, and the pointer by each node', () => {
  const { own, everywhere } = clusterSettings(cluster)
  expect([own.insert_quorum, everywhere.insert_quorum]).toEqual([2, 4])
  expect(clusterSettings({ name: 'main', nodes: 3, replicas: 1 })).toMatchObject({
    own: { insert_quorum: 0 },
    everywhere: { insert_quorum: 3 },
  })
})

/** All that a warehouse says when its tables, which are others, are made anew, shown and emptied. */
async function recorded(layout: Layout): Promise<readonly string[]> {
  const schema = readSchema(tables)
  const existing = schema.tables.flatMap(layout.partsOf).map((id) => ({ id }))
  const said: string[] = []
  const say = async (statement: string) => void said.push(statement)
  const silent: ClickHouse = {
    command: say,
    append: (_, statement) => say(statement.replaceAll('{sequence}', '1')),
    rows: async <T>(query: string) => (query === layout.existing ? existing : []) as T[],
    insert: async () => undefined,
    ask: async () => ({ tag: 'failed', code: undefined, message: 'nobody answers' }),
    close: async () => undefined,
  }
  const warehouse = createWarehouse(silent, schema, () => Date.UTC(2026, 2, 1), 4n, layout)
  await warehouse.migrate()
  await warehouse.publish('live', mark(1, 4))
  await warehouse.dropGeneration(1)
  return [...said, layout.existing, layout.generations]
}

import { execFile } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ClickHouseServer, openClickHouseServer } from '../testing/clickhouse-server.ts'
import { goDriver } from '../testing/drivers.ts'

const run = promisify(execFile)
const { module, version } = goDriver
const cwd = fileURLToPath(new URL(`../../../../node_modules/.cache/clickhouse-go-${version.slice(1)}`, import.meta.url))

let server: ClickHouseServer
let said: Record<string, string | undefined>

beforeAll(async () => {
  mkdirSync(cwd, { recursive: true })
  copyFileSync(fileURLToPath(new URL('./go/main.go', import.meta.url)), `${cwd}/main.go`)
  if (!existsSync(`${cwd}/go.sum`)) {
    writeFileSync(`${cwd}/go.mod`, `module asks\n\ngo 1.24\n\nrequire ${module} ${version}\n`)
    await run('go', ['mod', 'tidy'], { cwd })
  }
  await run('go', ['build', '-o', 'asks', '.'], { cwd })
  server = await openClickHouseServer()
  const { stdout } = await run(`${cwd}/asks`, [new URL(server.url).host, server.key])
  said = Object.fromEntries([...stdout.matchAll(/^([a-z ]+)\t(.*)$/gm)].map(([, name, result]) => [name, result]))
})
afterAll(() => server.close())

describe('clickhouse-go over HTTP', () => {
  it.each([
    ['rows none', '[anna ben] [32.5 32.5]'],
    ['rows gzip', '[anna ben] [32.5 32.5]'],
    ['rows br', '[anna ben] [32.5 32.5]'],
    ['rows deflate', '[anna ben] [32.5 32.5]'],
    ['ping', 'true'],
    ['version', '26'],
    ['name', 'vouch'],
    [
      'values',
      'text 18446744073709551615 low <nil> [a b] 2026-03-01 2026-03-01T12:00:00.005Z map[k:1] 61f0c404-5cb3-11e7-907b-a6006ad3dba0',
    ],
    ['many rows', '400000'],
    ['columns', 'true'],
    ['show', 'true'],
    ['none', '0'],
  ])('asks: %s', (name, result) => {
    expect(said[name]).toBe(result)
  })

  it.each([
    ['insert', '[HTTP 500] response body: "Code: 164.'],
    ['unknown', 'sendQuery: [HTTP 404] response body: "Code: 47.'],
    ['file', 'sendQuery: [HTTP 403] response body: "Code: 497.'],
    ['json', 'sendQuery: [HTTP 501] response body: "Code: 48. DB::Exception: A column of type JSON '],
    // Whether it came to the end without an error.
    ['broken', 'false'],
    ['own compression', 'failed to query server hello: failed to query server hello info: sendQuery: [HTTP 501]'],
  ])('is told why not: %s', (name, result) => {
    expect(said[name]?.slice(0, result.length)).toBe(result)
  })
})

import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ClickHouseServer, openClickHouseServer } from '../testing/clickhouse-server.ts'

const run = promisify(execFile)
const version = '0.9.8'
const folder = fileURLToPath(new URL(`../../../../node_modules/.cache/clickhouse-jdbc-${version}`, import.meta.url))
const jars = [`clickhouse-jdbc-${version}-all.jar`, 'slf4j-api-2.0.17.jar', 'slf4j-nop-2.0.17.jar']
const artifacts = [
  `com.clickhouse:clickhouse-jdbc:${version}:jar:all`,
  'org.slf4j:slf4j-api:2.0.17',
  'org.slf4j:slf4j-nop:2.0.17',
]
const script = fileURLToPath(new URL('./java/Asks.java', import.meta.url))

let server: ClickHouseServer
let said: Record<string, string | undefined>

beforeAll(async () => {
  for (const [at, artifact] of artifacts.entries()) {
    if (existsSync(`${folder}/${jars[at]}`)) continue
    const copy = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy'
    await run('mvn', ['-q', '-B', copy, `-Dartifact=${artifact}`, `-DoutputDirectory=${folder}`])
  }
  server = await openClickHouseServer()
  const address = `jdbc:clickhouse://${new URL(server.url).host}/vouch?compress=false`
  const path = jars.map((jar) => `${folder}/${jar}`).join(':')
  const { stdout } = await run('java', ['-cp', path, script, address, server.key])
  said = Object.fromEntries(
    stdout
      .trim()
      .split('\n')
      .map((line) => line.split('\t')),
  )
})
afterAll(() => server.close())

describe('the JDBC driver, without its own compression', () => {
  it.each([
    ['valid', 'true'],
    ['version', '26'],
    ['rows', '[[anna, 32.5000], [ben, 32.5000]]'],
    ['prepared', "[[it's, 7]]"],
    ['first rows', '[[0], [1]]'],
    ['many rows', '400000'],
    ['schemas', 'true'],
    ['tables', '[advocate_balances, advocate_daily, advocate_performance, advocates]'],
    ['columns', expect.stringContaining('program_id, advocate_id, currency')],
    ['types', 'true'],
    ['table types', 'true'],
    ['keys', '0'],
    ['indexes', '0'],
    ['functions', 'true'],
  ])('asks: %s', (name, result) => {
    expect(said[name]).toEqual(result)
  })

  it.each([
    ['insert', 'code 164'],
    ['unknown', 'code 47'],
    ['file', 'code 497'],
    // It does not know the tag, and notices that the connection was cut.
    ['broken', 'code 0'],
  ])('is told why not: %s', (name, result) => {
    expect(said[name]).toBe(result)
  })
})

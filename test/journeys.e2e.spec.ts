import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '..')
/** The data is not part of the project: it lies beside the checkout, or where the environment says. */
const data = process.env.VOUCH_JOURNEYS ?? resolve(root, '../shared/data')
const missing = ['journeys.csv', 'journeys.expected.json'].filter((name) => !existsSync(join(data, name)))

const models = ['first-touch', 'last-touch', 'linear', 'position-based', 'time-decay'] as const

describe('the example of real data', () => {
  let folder: string
  let found: Record<string, Record<string, string>>

  const vouch = (...argv: string[]): string =>
    execFileSync(join(root, 'node_modules/.bin/vouch'), [...argv, '--data', folder], {
      cwd: root,
      encoding: 'utf8',
      timeout: 120_000,
    })

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'vouch-journeys-'))
    if (missing.length > 0) return
    vouch('program', 'publish', 'examples/journeys/terms.yaml')
    const report = vouch(
      'import',
      'examples/journeys/advocates.ndjson',
      join(data, 'journeys.csv'),
      '--map',
      'examples/journeys/map.yaml',
      '--json',
    )
    expect(JSON.parse(report)).toEqual({
      read: 64331,
      appended: 64331,
      duplicate: 0,
      conflict: 0,
      rejected: 0,
      rejects: null,
    })
    const query = 'SELECT model, channel, toString(sum(amount)) AS amount FROM attributions GROUP BY model, channel'
    const rows = JSON.parse(vouch('sql', query, '--format', 'JSON')) as {
      data: { model: string; channel: string; amount: string }[]
    }
    found = Object.fromEntries(models.map((model) => [model, {}]))
    for (const { model, channel, amount } of rows.data)
      (found[model] as Record<string, string>)[channel] = Number(amount).toFixed(2)
  }, 300_000)

  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('gives each channel what exact fractions give it', (context) => {
    if (missing.length > 0) return context.skip(`${missing.join(', ')} not found in ${data}`)
    const expected = JSON.parse(readFileSync(join(data, 'journeys.expected.json'), 'utf8')) as Record<string, unknown>
    for (const model of ['first-touch', 'last-touch', 'linear'])
      expect({ [model]: found[model] }).toEqual({ [model]: expected[model] })
    const conversions = vouch('sql', 'SELECT count(), toString(sum(amount)) FROM conversions', '--format', 'CSV').trim()
    expect(conversions).toBe(`${expected.conversions},"${String(expected.revenue).replace(/0$/, '')}"`)
  })

  it('is what the README shows, under all five models', (context) => {
    if (missing.length > 0) return context.skip(`${missing.join(', ')} not found in ${data}`)
    const readme = readFileSync(join(root, 'README.md'), 'utf8')
    const channels = Object.keys(found['first-touch'] as Record<string, string>)
    expect(channels.length).toBe(5)
    for (const channel of channels) {
      expect(readme).toContain(`| ${channel} | ${models.map((model) => found[model]?.[channel]).join(' | ')} |`)
    }
  })
})

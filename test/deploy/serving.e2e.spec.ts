import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { projectorMetrics, relayMetrics } from '@vouch/observability'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { root } from './files.ts'
import { askedMetrics, askedSql } from './queries.ts'
import { story } from './story.ts'

// A real process, started as the image starts it: by Node itself, on a folder of its own.

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const dir = mkdtempSync(join(tmpdir(), 'vouch-deploy-'))
let url = ''
let child: ReturnType<typeof spawn>
let ended: Promise<{ readonly code: number | null; readonly signal: string | null }>

beforeAll(async () => {
  const env = { PATH: process.env.PATH, VOUCH_DATA: dir, VOUCH_LOG_LEVEL: 'silent', KAFKA_BROKERS: '127.0.0.1:1' }
  child = spawn(process.execPath, ['services/vouch/bin/vouch.mjs', 'start', '--port', '0'], { cwd: root, env })
  let said = ''
  ended = new Promise((resolve) => child.once('exit', (code, signal) => resolve({ code, signal })))
  url = await new Promise<string>((resolve, reject) => {
    child.stderr?.on('data', (chunk) => {
      said += chunk
      const at = /vouch listens on (http:\S+);/.exec(said)?.[1]
      if (at !== undefined) resolve(at)
    })
    ended.then(() => reject(new Error(said)))
  })
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(`${url}/v1/events`, { method: 'POST', headers, body: JSON.stringify(story) })
  const { results } = (await answer.json()) as { results: { outcome: string }[] }
  expect(results.filter(({ outcome }) => outcome !== 'appended')).toEqual([])
  await vi.waitFor(
    async () => {
      const { position, head } = (await (await fetch(`${url}/readyz`)).json()) as Record<string, number>
      expect(position).toBe(head)
    },
    { timeout: 30_000, interval: 50 },
  )
})
afterAll(async () => {
  child.kill('SIGKILL')
  await ended
  rmSync(dir, { recursive: true, force: true })
})

/** Of all metrics in Prometheus's format. */
const namesIn = (text: string): readonly string[] => [...text.matchAll(/^# TYPE (\S+) /gm)].map(([, name = '']) => name)

const healthy = (...args: string[]) =>
  spawnSync(process.execPath, ['services/vouch/bin/healthy.mjs', ...args], { cwd: root, encoding: 'utf8' })

describe('a process as the image starts it', () => {
  it('has every metric that a rule or a panel asks of it', async () => {
    const text = await (await fetch(`${url}/metrics`)).text()
    const here = new Set(namesIn(text))
    const ofRelay = relayMetrics(async () => ({ position: 0n, head: 0n, lagSeconds: 0, events: 0, failures: 0 }))
    const ofProjector = projectorMetrics(() => ({
      partitions: new Map(),
      events: 0,
      failures: 0,
      shownPosition: 0n,
      lagSeconds: 0,
    }))
    const elsewhere = new Set(namesIn((await ofRelay.metrics()) + (await ofProjector.metrics())))
    expect(askedMetrics.filter((name) => name !== 'up' && !here.has(name) && !elsewhere.has(name))).toEqual([])
    expect(askedMetrics).toContain('vouch_projection_lag_seconds')
  })

  it.each(askedSql.map(({ title, sql }) => [title, sql]))(
    'answers what the panel "%s" asks, with rows',
    async (_title, sql) => {
      const answer = await fetch(`${url}/v1/sql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query: sql, format: 'JSONCompact' }),
      })
      const body = (await answer.json()) as { rows?: number; error?: unknown }
      expect(body.error).toBeUndefined()
      expect(body.rows).toBeGreaterThan(0)
    },
  )

  it('is found alive by the command of the health check, and by no other port', () => {
    const { port } = new URL(url)
    expect(healthy(port)).toMatchObject({ status: 0, stdout: '', stderr: '' })
    expect(healthy(port, '/nothing')).toMatchObject({ status: 1, stderr: `/nothing on port ${port} answers 404\n` })
    expect(healthy('1')).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/^\/healthz on port 1 does not answer: /),
    })
  })

  it('ends by SIGTERM alone, well within its grace', async () => {
    const begun = performance.now()
    child.kill('SIGTERM')
    expect(await ended).toEqual({ code: 0, signal: null })
    expect(performance.now() - begun).toBeLessThan(40_000)
  })
})

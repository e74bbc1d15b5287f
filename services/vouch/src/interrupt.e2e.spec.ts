import { readdirSync } from 'node:fs'
import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { crowd } from './testing/crowd.ts'
import { openPlace, type Place } from './testing/place.ts'
import type { Running } from './testing/process.ts'
import { ndjson, published } from './testing/samples.ts'

/** Commands that are stopped at a random moment: what they leave behind is complete after the next run. */
describe('a command that is interrupted', { timeout: 240_000 }, () => {
  const random = xoroshiro128plus(20_261_122)
  const fraction = () => (random.next() >>> 0) / 2 ** 32
  let place: Place
  let importMs: number
  let undisturbed: string

  const sums = (data: string) =>
    place.ok(
      'sql',
      `SELECT * FROM (SELECT 'attributions' AS of, model AS what, advocate_id AS who, count() AS n, sum(amount) AS total, max(position) AS last
         FROM attributions GROUP BY model, advocate_id
       UNION ALL SELECT 'rewards', rule_id, beneficiary_id, count(), sum(amount), max(position) FROM rewards GROUP BY rule_id, beneficiary_id
       UNION ALL SELECT 'events', type, '', count(), 0, max(position) FROM events GROUP BY type)
       ORDER BY of, what, who`,
      '--data',
      data,
    )

  beforeAll(async () => {
    place = await openPlace()
    place.write('crowd.ndjson', ndjson([published(), ...crowd(20_000)]))
    const begun = performance.now()
    await place.ok('import', 'crowd.ndjson', '--data', 'undisturbed')
    importMs = performance.now() - begun
    undisturbed = await sums('undisturbed')
    expect(undisturbed).toContain('rewards\tten-percent\tanna')
  }, 120_000)
  afterAll(() => place.close())

  /** Node hears no signal while it lets go of a process: one that has said its last is left to end. */
  async function tell(running: Running, signal: NodeJS.Signals): Promise<void> {
    await nextTurn()
    if (running.out() === '') running.kill(signal)
  }

  /** Stops a command somewhere on its way, which takes about so long; gives whether it was stopped. */
  async function interrupt(words: readonly string[], usualMs: number, signal: NodeJS.Signals): Promise<boolean> {
    const running = place.start(words)
    await pause(usualMs * (0.2 + 0.7 * fraction()))
    await tell(running, signal)
    const { code, err } = await running.ended
    expect({ code, err }).toEqual({ code: expect.toBeOneOf([0, 130]), err: expect.any(String) })
    if (code === 130)
      expect(err).toMatch(
        /^Stopped(; what was acknowledged is kept|\safter \d+ of its events were appended; run the same)/,
      )
    return code === 130
  }

  it.each(['SIGINT', 'SIGTERM'] as const)('import, %s', async (signal) => {
    const data = `import-${fraction()}`
    const stopped = await interrupt(['import', 'crowd.ndjson', '--data', data], importMs, signal)
    const report = JSON.parse(await place.ok('import', 'crowd.ndjson', '--data', data, '--json'))
    expect(report).toMatchObject({ read: 20_001, conflict: 0, rejected: 0 })
    expect(report.appended + report.duplicate).toBe(20_001)
    if (!stopped) expect(report.appended).toBe(0)
    expect(await sums(data)).toBe(undisturbed)
    expect(await place.ok('verify', '--data', data)).toContain('tables equal the fold of the log')
  })

  it('rebuild and verify leave the tables as they were, and what they had begun is cleared away', async () => {
    for (const [words, signal] of [
      [['rebuild'], 'SIGINT'],
      [['verify'], 'SIGTERM'],
      [['rebuild', '--to-position', '15000'], 'SIGINT'],
      [['rebuild'], 'SIGTERM'],
    ] as const) {
      await interrupt([...words, '--data', 'undisturbed'], importMs, signal)
    }
    expect(await sums('undisturbed')).toBe(undisturbed)
    expect(readdirSync(place.path('undisturbed/state')).filter((name) => name.endsWith('.db'))).toHaveLength(1)
    expect(await place.ok('verify', '--data', 'undisturbed')).toContain('tables equal the fold of the log')
  })

  it('import through a server', async () => {
    const served = await openPlace({ served: true })
    served.write('crowd.ndjson', ndjson([published(), ...crowd(20_000)]))
    const running = served.start(['import', 'crowd.ndjson'])
    await pause(importMs * (0.3 + 0.5 * fraction()))
    await tell(running, 'SIGINT')
    expect(await running.ended).toMatchObject({ code: expect.toBeOneOf([0, 130]) })
    const report = JSON.parse(await served.ok('import', 'crowd.ndjson', '--json'))
    expect(report.appended + report.duplicate).toBe(20_001)
    const paid = 'SELECT count(), sum(amount) FROM rewards'
    expect(await served.ok('sql', paid)).toBe(await place.ok('sql', paid, '--data', 'undisturbed'))
    // And the other way round: the server goes while a command is under way.
    const long = served.start(['rebuild'])
    await pause(300)
    expect((await served.server?.stop())?.code).toBe(0)
    expect(await long.ended).toMatchObject({ code: expect.toBeOneOf([0, 1]) })
    expect(await served.ok('verify')).toContain('tables equal the fold of the log')
    await served.close()
  })
})

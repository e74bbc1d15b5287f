import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Bench, openBench } from '../testing/bench.ts'
import { event, published, story } from '../testing/samples.ts'

let bench: Bench
beforeAll(async () => {
  bench = await openBench()
  await bench.append(published(), ...story, granted('ben'))
})
afterAll(() => bench.close())

const granted = (advocateId: string) =>
  event('reward.granted', `g-${advocateId}`, '2026-03-01T00:00:00Z', {
    advocateId,
    amount: { value: '3.00', currency: 'EUR' },
    reason: 'thanks',
  })
const said = (id: string, what: string, time: string, more: Record<string, unknown> = {}) =>
  event(`payee.${what}`, id, time, { beneficiaryId: 'ben', ...more })

async function opened() {
  const words = ['payouts', 'open', '--program', 'summer', '--as-of', '2026-04-30', '--by', 'fay', '--json']
  const { code, out, err } = await bench.run(words)
  if (code !== 0) return err
  const { batchId, lines, carried } = JSON.parse(out)
  await bench.run(['payouts', 'cancel', batchId, '--by', 'fay'])
  const told = (list: readonly { beneficiaryId: string; reason?: string }[]) =>
    list.map(({ beneficiaryId, reason }) => [beneficiaryId, reason].filter(Boolean).join(' '))
  return [...told(lines), ...told(carried)]
}

describe('a payee who is held', () => {
  it('is left out of batches until released, with the reason; the latest statement by time holds', async () => {
    expect(await opened()).toStrictEqual(['anna', 'ben'])
    await bench.append(said('h-1', 'held', '2026-05-02T00:00:00Z', { hold: 'disputed', reason: 'who brought o-1?' }))
    expect(await opened()).toStrictEqual(['anna', 'ben disputed'])
    await bench.append(said('h-2', 'held', '2026-05-03T00:00:00Z', { hold: 'held', role: 'upline' }))
    expect(await opened()).toStrictEqual(['anna', 'ben held'])
    await bench.append(said('h-0', 'released', '2026-05-01T00:00:00Z'))
    expect(await opened()).toStrictEqual(['anna', 'ben held'])
    await bench.append(said('h-3', 'held', '2026-05-09T00:00:00Z', { hold: 'held', role: 'referee' }))
    await bench.append(said('h-4', 'released', '2026-05-04T00:00:00Z'))
    expect(await opened()).toStrictEqual(['anna', 'ben'])
  })

  it('is in a table of who was, and who said why', async () => {
    const rows = await bench.engine.warehouse.rows(
      `SELECT beneficiary_id, toString(beneficiary_kind) AS kind, toString(hold) AS hold, reason, event_id
       FROM vouch.payee_holds ORDER BY occurred_at LIMIT 2`,
    )
    expect(rows).toStrictEqual([
      { beneficiary_id: 'ben', kind: 'advocate', hold: '', reason: '', event_id: 'h-0' },
      { beneficiary_id: 'ben', kind: 'advocate', hold: 'disputed', reason: 'who brought o-1?', event_id: 'h-1' },
    ])
    expect((await bench.run(['verify'])).code).toBe(0)
  })

  it('is refused without saying how', async () => {
    await expect(bench.append(said('h-9', 'held', '2026-05-02T00:00:00Z', { hold: 'maybe' }))).rejects.toThrow(
      'data.hold',
    )
  })
})

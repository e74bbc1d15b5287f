import { type Outcome, unreadable } from '@vouch/ingestion'
import { left, right } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { createArrivals } from '../arrivals.ts'
import type { Engine } from '../engine.ts'
import { createGate } from '../http/intake/gate.ts'
import { isTurnedAway } from '../http/intake/intake.ts'
import { defaultLimits } from '../http/limits.ts'
import { admitThrough } from './inbound.ts'

const items = [unreadable('a'), unreadable('b')]
const outcomes: readonly Outcome[] = ['a', 'b'].map((reason) => ({
  outcome: 'rejected',
  id: undefined,
  field: '',
  reason,
}))

/** Admission is a double; the gate is the server's. */
function bench(answer: unknown = right(outcomes), limits = {}) {
  const asked: unknown[] = []
  const arrivals = createArrivals()
  const gate = createGate({ ...defaultLimits, ...limits }, arrivals)
  const admit = (...all: unknown[]) => {
    asked.push(all)
    return async () => answer
  }
  const admission = { admit } as unknown as Engine['admission']
  return { asked, gate, admit: admitThrough({ admission, arrivals }, gate, new Set(['ingest'])) }
}

describe('what comes from Kafka', () => {
  it('goes through admission, with the scopes that are set', async () => {
    const { admit, asked, gate } = bench()
    expect(await admit(items, 100)).toEqual({ tag: 'taken', outcomes })
    expect(asked).toEqual([[items, { scopes: new Set(['ingest']) }]])
    expect(gate.intake.pendingBytes()).toBe(0)
    expect(gate.intake.expectedWaitMs()).toBe(0)
  })

  it('is offered again after a second where the log cannot answer', async () => {
    const { admit, gate } = bench(left({ tag: 'store-full', message: 'full' }))
    expect(await admit(items, 100)).toEqual({ tag: 'busy', reason: 'store', retryAfterMs: 1_000 })
    expect(gate.intake.pendingBytes()).toBe(0)
  })

  it('waits like anybody else where there is too much', async () => {
    const { admit, asked, gate } = bench(undefined, { requestsAtOnce: 1 })
    const visit = gate.intake.enter('somebody', 10)
    if (isTurnedAway(visit)) throw new Error('the first is let in')
    expect(await admit(items, 100)).toEqual({ tag: 'busy', reason: 'requests', retryAfterMs: 1_000 })
    expect(asked).toEqual([])
    visit.end()
  })

  it('holds no more memory than it may', async () => {
    const { admit, gate } = bench(undefined, { pendingBytes: 50, bodyBytes: 40 })
    expect(await admit(items, 100)).toEqual({ tag: 'busy', reason: 'memory', retryAfterMs: 1_000 })
    expect(gate.intake.pendingBytes()).toBe(0)
  })
})

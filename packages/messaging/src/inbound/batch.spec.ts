import type { Incoming, Outcome } from '@vouch/ingestion'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Admitted, type BatchParts, type InboundBatch, takeBatch } from './batch.ts'
import type { RejectedMessage } from './rejected.ts'

/** A double of Kafka and of the log: notes what is asked of either, in order, and does as the test says. */
interface Script {
  readonly values?: readonly string[]
  readonly answers?: readonly ('busy' | 'taken')[]
  readonly lastOffset?: string
  /** Throws or says no at the n-th step, counted from 0. */
  readonly failsAt?: number
  readonly stopsAfter?: number
}

function bench({ values = ['a'], answers = [], lastOffset, failsAt, stopsAfter }: Script) {
  const steps: string[] = []
  const log: string[] = []
  const rejected: string[] = []
  let committed = 0
  const step = (what: string) => {
    steps.push(what)
    if (steps.length - 1 === failsAt) throw new Error(`failed: ${what}`)
  }
  const queue = answers.values()
  const outcomeOf = (item: Incoming): Outcome => {
    const id = item.tag === 'value' ? String(item.value) : ''
    if (id.startsWith('bad')) return { outcome: 'rejected', id, field: 'data', reason: 'is bad' }
    if (log.includes(id)) return { outcome: 'duplicate', id, position: 1n }
    log.push(id)
    return { outcome: 'appended', id, position: BigInt(log.length) }
  }
  const parts: BatchParts = {
    async admit(items): Promise<Admitted> {
      const answer = queue.next().value ?? 'taken'
      step(`admit ${items.length}`)
      if (answer === 'busy') return { tag: 'busy', reason: 'wait', retryAfterMs: 1 }
      const outcomes = items.map(outcomeOf)
      // What is appended stays, even where the answer does not arrive.
      step('admitted')
      return { tag: 'taken', outcomes }
    },
    async reject(messages: readonly RejectedMessage[]) {
      for (const { headers } of messages) rejected.push(String(headers.vouch_offset))
      step(`rejected ${messages.length}`)
    },
    onOutcomes: () => undefined,
    onBusy: (reason) => void steps.push(`busy: ${reason}`),
    onDone: (_partition, next) => void steps.push(`done ${next}`),
  }
  const batch = (from = 0): InboundBatch => ({
    topic: 'vouch.inbound',
    partition: 3,
    highWatermark: '1000',
    lastOffset: lastOffset ?? String(values.length - 1),
    messages: values
      .map((value, at) => ({
        key: Buffer.from('p'),
        value: Buffer.from(JSON.stringify(value)),
        offset: String(at),
      }))
      .slice(from),
    isRunning: () => stopsAfter === undefined || steps.length < stopsAfter,
    isStale: () => false,
    async heartbeat() {
      step('heartbeat')
    },
    resolveOffset: (offset) => void steps.push(`resolve ${offset}`),
    async commit(next) {
      committed = Number(next)
      // Likewise it is stored, even where that is not known.
      step(`commit ${next}`)
    },
  })
  return { steps, log, rejected, parts, batch, committed: () => committed }
}

const many = (count: number, name = 'e') => Array.from({ length: count }, (_, at) => `${name}-${at}`)

describe('a batch', () => {
  it('is committed chunk by chunk, each after all of it is durable or acknowledged', async () => {
    const { steps, parts, batch } = bench({ values: [...many(250), 'bad-1', ...many(9, 'f')] })
    await takeBatch(batch(), parts)
    expect(steps).toEqual([
      'admit 250',
      'admitted',
      'resolve 249',
      'commit 250',
      'done 250',
      'heartbeat',
      'admit 10',
      'admitted',
      'rejected 1',
      'resolve 259',
      'commit 260',
      'done 260',
      'heartbeat',
    ])
  })

  it('is offered a mebibyte at a time, and a larger message by itself', async () => {
    const sizes = [600_000, 400_000, 200_000, 3_000_000, 10]
    const { steps, parts, batch } = bench({ values: sizes.map((size) => 'x'.repeat(size)) })
    await takeBatch(batch(), parts)
    expect(steps.filter((step) => step.startsWith('admit '))).toEqual(['admit 2', 'admit 1', 'admit 1', 'admit 1'])
  })

  it('ends where what was read ends, not with its last message', async () => {
    const { steps, parts, batch } = bench({ values: many(2), lastOffset: '7' })
    await takeBatch(batch(), parts)
    expect(steps).toContain('resolve 1')
    expect(steps).toContain('commit 8')
  })

  it('waits while the log is busy, with signs of life, and is offered again as it was', async () => {
    const { steps, parts, batch, log } = bench({ values: many(3), answers: ['busy', 'busy', 'taken'] })
    await takeBatch(batch(), parts)
    const wait = ['admit 3', 'busy: wait', 'heartbeat']
    expect(steps.slice(0, 8)).toEqual([...wait, ...wait, 'admit 3', 'admitted'])
    expect(log).toEqual(many(3))
  })

  it('is left where it stands when the consumer stops between two chunks, or while the log is busy', async () => {
    const between = bench({ values: many(500), stopsAfter: 6 })
    await takeBatch(between.batch(), between.parts)
    expect(between.steps.at(-1)).toBe('heartbeat')
    expect(between.committed()).toBe(250)

    const waiting = bench({ values: many(1), answers: ['busy'], stopsAfter: 2 })
    await takeBatch(waiting.batch(), waiting.parts)
    expect(waiting.steps).toEqual(['admit 1', 'busy: wait'])
  })

  it('that fails at any step loses nothing: delivered again from what is committed, each is in the log once, in order', async () => {
    const value = fc.nat({ max: 4 }).map((kind) => (kind === 0 ? 'bad' : 'e'))
    await fc.assert(
      fc.asyncProperty(
        fc.array(value, { minLength: 1, maxLength: 600 }),
        fc.nat({ max: 25 }),
        async (kinds, failsAt) => {
          const values = kinds.map((kind, at) => `${kind}-${at}`)
          const { parts, batch, log, rejected, committed } = bench({ values, failsAt })
          await takeBatch(batch(), parts).catch(() => undefined)
          const settled = values
            .slice(0, committed())
            .map((id, at) => (id.startsWith('bad') ? rejected.includes(String(at)) : log.includes(id)))
          expect(settled).not.toContain(false)
          // The double fails once; whoever takes over goes on from the offset that is stored.
          await takeBatch(batch(committed()), parts)
          expect(log).toEqual(values.filter((id) => !id.startsWith('bad')))
          expect([...new Set(rejected)].map(Number)).toEqual(
            values.flatMap((id, at) => (id.startsWith('bad') ? [at] : [])),
          )
        },
      ),
    )
  })
})

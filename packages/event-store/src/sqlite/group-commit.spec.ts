import { left, right } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import type { AppendCalls, Work } from '../calls.ts'
import type { Append, AppendOutcome, StoreFailure } from '../port.ts'
import { groupCommit } from './group-commit.ts'

/** Stands for the log: keeps what each transaction held, numbers the appends, and fails when it is told to. */
class RecordingLog {
  readonly transactions: string[][] = []
  failNextWith: unknown
  position = 0n

  commit = (work: readonly Work[]): readonly AppendOutcome[] => {
    this.transactions.push(work.map(({ append, recordedAt }) => `${append.stream}@${recordedAt}`))
    const error = this.failNextWith
    this.failNextWith = undefined
    if (error !== undefined) throw error
    return work.map(() => {
      this.position += 1n
      return { outcome: 'duplicate', position: this.position }
    })
  }
}

const full: StoreFailure = { tag: 'store-full', message: 'full' }

const setUp = (maxEvents: number): { log: RecordingLog; group: AppendCalls } => {
  const log = new RecordingLog()
  const failureOf = (error: unknown) => (error === full ? full : undefined)
  return { log, group: groupCommit({ commit: log.commit, failureOf, maxEvents }) }
}

const append = (stream: string, events = 1): Append => ({
  stream,
  expectedRevision: 'any',
  events: Array.from({ length: events }, (_, index) => ({
    identity: `${stream}-${index}`,
    contentHash: '0'.repeat(64),
    type: 'type',
    programId: 'program',
    source: 'source',
    id: 'id',
    time: 0,
    data: '{}',
  })),
})

const at = (...positions: bigint[]) => right(positions.map((position) => ({ outcome: 'duplicate', position })))

describe('group commit', () => {
  it('puts calls that wait for the same turn into one transaction, in their order', async () => {
    const { log, group } = setUp(100)
    const answers = [group.append([append('a'), append('b')], 1), group.append([], 2), group.append([append('c')], 3)]
    expect(log.transactions).toEqual([])
    expect(await Promise.all(answers)).toEqual([at(1n, 2n), at(), at(3n)])
    expect(log.transactions).toEqual([['a@1', 'b@1', 'c@3']])
  })

  it('shares a transaction between what arrives in one turn, though each arrival is a callback of its own', async () => {
    const { log, group } = setUp(100)
    const arrivals = ['a', 'b', 'c'].map(
      (stream) =>
        new Promise((resolve) => {
          setImmediate(() => resolve(group.append([append(stream)], 1)))
        }),
    )
    expect(await Promise.all(arrivals)).toEqual([at(1n), at(2n), at(3n)])
    expect(log.transactions).toEqual([['a@1', 'b@1', 'c@1']])
  })

  it('begins another transaction for what comes later', async () => {
    const { log, group } = setUp(100)
    await group.append([append('a')], 1)
    await group.append([append('b')], 2)
    expect(log.transactions).toEqual([['a@1'], ['b@2']])
  })

  it('ends a transaction that is full, between two appends, and goes on with the next', async () => {
    const { log, group } = setUp(3)
    const answers = [
      group.append([append('a'), append('b', 2), append('c'), append('big', 9), append('d')], 1),
      group.append([], 2),
      group.append([append('e')], 3),
    ]
    expect(await Promise.all(answers)).toEqual([at(1n, 2n, 3n, 4n, 5n), at(), at(6n)])
    expect(log.transactions).toEqual([
      ['a@1', 'b@1'],
      ['c@1', 'big@1'],
      ['d@1', 'e@3'],
    ])
  })

  it('answers a failure to those whose appends were in the transaction, and to no others', async () => {
    const { log, group } = setUp(2)
    log.failNextWith = full
    const answers = [
      group.append([append('a')], 1),
      group.append([append('b'), append('c')], 2),
      group.append([append('d')], 3),
    ]
    expect(await Promise.all(answers)).toEqual([left(full), left(full), at(1n)])
    expect(log.transactions).toEqual([['a@1', 'b@2'], ['d@3']])
  })

  it('throws a defect to the callers, and goes on', async () => {
    const { log, group } = setUp(100)
    log.failNextWith = new TypeError('a defect')
    await expect(group.append([append('a')], 1)).rejects.toThrow(new TypeError('a defect'))
    expect(await group.append([append('b')], 2)).toEqual(at(1n))
  })

  it('is idle when every call has its answer', async () => {
    const { group } = setUp(1)
    await group.idle()
    const answered: string[] = []
    const calls = ['a', 'b'].map((stream) => group.append([append(stream)], 1).then(() => answered.push(stream)))
    await group.idle()
    expect(answered).toEqual(['a', 'b'])
    await Promise.all(calls)
  })
})

import { MessageChannel, Worker } from 'node:worker_threads'
import type { Chain } from '@vouch/chain'
import { type EventStore, lagBehind } from '@vouch/event-store'
import type { OpenOptions, Progress } from '@vouch/projector'
import type { LentClickHouse, Warehouse } from '@vouch/warehouse'
import type { Waiting } from '../arrivals.ts'
import type { Folds, Knowledge } from '../folds.ts'
import { type ArgsOf, type CallOptions, type Calls, callsOver } from './calls.ts'
import { unpackError } from './errors.ts'
import { errorClasses, type FoldProtocol, type FoldThreadData } from './fold-protocol.ts'
import { lendClickHouse } from './lent-clickhouse.ts'

export interface FoldApartParts {
  readonly dataDir: string
  /** The log, which others append to here. */
  readonly store: Pick<EventStore, 'head' | 'readAll'>
  /** Calls back when the log has grown. */
  readonly whenAppended: (listener: () => void) => void
  readonly lent: LentClickHouse
  readonly warehouse: Pick<Warehouse, 'published'>
  readonly bucketPositions?: bigint | undefined
  /** How many events wait to be taken in: the fold stands back for them. */
  readonly waiting: Waiting
  /** For specs. */
  readonly startWith?: ((data: FoldThreadData) => Worker) | undefined
}

/** The fold of a data folder, what it knows, and the chain over what it reads. */
export interface FoldApart {
  readonly projector: Folds
  readonly knowledge: Knowledge
  readonly chain: Pick<Chain, 'catchUp' | 'seal'>
}

interface Thread {
  readonly calls: Calls<FoldProtocol>
  /** Resolves when nothing that it has asked of ClickHouse is under way any more. */
  idle(): Promise<void>
  end(): Promise<void>
}

const startThread = (workerData: FoldThreadData): Worker =>
  new Worker(new URL('./fold-thread.ts', import.meta.url), {
    workerData,
    transferList: [workerData.clickhouse],
    name: 'fold',
  })

/**
 * Folds in a thread of its own, so that this one has its time for requests. The thread reads the log and keeps the state and
 * the seals by itself; ClickHouse, of which a process can have one alone, it reaches through this one. A thread that ends by
 * itself fails what it was asked; whatever folds next starts another, which takes up at the last checkpoint.
 */
export async function openFoldApart(
  parts: FoldApartParts,
  { needsRebuild = false, onRebuild, signal }: OpenOptions,
): Promise<FoldApart> {
  const { dataDir, store, warehouse, lent, bucketPositions, waiting, startWith = startThread, whenAppended } = parts
  let thread: Thread | undefined
  let before: Thread | undefined
  let opening: Promise<Thread> | undefined
  let failure: unknown
  let closed: Error | undefined

  async function open(options: OpenOptions): Promise<Thread> {
    // What the thread before was inserting has to be there or not, before another one goes on from its checkpoint.
    await before?.idle()
    if (closed) throw closed
    const started = start()
    try {
      await started.calls.call(
        'open',
        { needsRebuild: options.needsRebuild ?? false },
        { signal: options.signal, onProgress: options.onRebuild },
      )
      thread = started
      return started
    } catch (error) {
      await started.end()
      throw error
    }
  }

  function reopen(): Promise<Thread> {
    opening ??= open({}).finally(() => {
      opening = undefined
    })
    return opening
  }

  function start(): Thread {
    const { port1, port2 } = new MessageChannel()
    const worker = startWith({ dataDir, bucketPositions, waiting, clickhouse: port2 })
    const { idle } = lendClickHouse(port1, lent)
    const calls = callsOver<FoldProtocol>(worker, errorClasses)
    const started: Thread = {
      calls,
      idle,
      async end() {
        lose(new Error('the fold was closed'))
        await worker.terminate()
        await idle()
        port1.close()
      },
    }
    const lose = (why: unknown) => {
      calls.fail(why)
      if (thread !== started) return
      thread = undefined
      before = started
      failure = why
    }
    const gone = (why: string) => lose(new Error(`The thread that folds is gone (${why}); it is started anew.`))
    worker.on('error', (error) => gone(error instanceof Error ? error.message : String(error)))
    worker.on('exit', (code) => gone(`it ended with ${code}`))
    return started
  }

  async function ask<K extends keyof FoldProtocol>(
    name: K,
    args: ArgsOf<FoldProtocol[K]>,
    options?: CallOptions,
  ): Promise<ReturnType<FoldProtocol[K]>> {
    if (closed) throw closed
    const { calls } = thread ?? (await reopen())
    return calls.call(name, args, options)
  }

  async function progress(): Promise<Progress> {
    const asked = thread
    try {
      const told = await asked?.calls.call('progress', undefined)
      if (told) {
        failure = told.failure && unpackError(told.failure, errorClasses)
        return told.progress
      }
    } catch (error) {
      if (thread === asked) throw error
    }
    // It is gone: what it has shown is there, and why it went is in `failure`.
    const position = (await warehouse.published('live'))?.position ?? 0n
    return { position, ...(await lagBehind(store, position, Date.now)) }
  }

  let waking = false
  let again = false
  async function wake(): Promise<void> {
    if (waking) {
      again = true
      return
    }
    waking = true
    do {
      again = false
      // A thread that is gone reads where it stands when it is back.
      await thread?.calls.call('wake', undefined).catch(() => undefined)
    } while (again)
    waking = false
  }

  await open({ needsRebuild, onRebuild, signal })
  whenAppended(() => void wake())

  return {
    projector: {
      progress,
      get failure() {
        return failure
      },
      run: (signal) => ask('run', undefined, { signal }),
      catchUp: (onProgress, signal) => ask('catchUp', undefined, { onProgress, signal }),
      rebuild: (onProgress, signal) => ask('rebuild', undefined, { onProgress, signal }),
      rebuildTo: (position, onProgress, signal) => ask('rebuildTo', position, { onProgress, signal }),
      verify: (onProgress, signal) => ask('verify', undefined, { onProgress, signal }),
      async close() {
        if (closed) return
        closed = new Error('the projector was closed')
        await opening?.catch(() => undefined)
        const open = thread
        await open?.calls.call('close', undefined).catch(() => undefined)
        await open?.end()
      },
    },
    knowledge: {
      async programs() {
        const programs = await ask('programs', undefined)
        return { clock: (id) => programs.get(id)?.clock, versions: (id) => programs.get(id)?.versions ?? [] }
      },
      explain: (programId, conversionId, signal) => ask('explain', { programId, conversionId }, { signal }),
    },
    chain: {
      catchUp: () => ask('catchUpChain', undefined),
      seal: (reason) => ask('seal', reason),
    },
  }
}

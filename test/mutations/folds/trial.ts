import { type ChildProcess, fork } from 'node:child_process'
import { join } from 'node:path'
import type { FoldMutant } from './mutant.ts'
import type { Verdict } from './verdict.ts'

export interface Judged {
  readonly mutant: FoldMutant
  readonly verdict: Verdict
}

export interface TrialOptions {
  /** How many random logs each mutant is tried on, before those made for the rare cases. */
  readonly logs: number
  readonly processes?: number
  /** How long one mutant may take, ms. */
  readonly patienceMs?: number
  readonly onJudged?: (judged: Judged) => void
}

/** Has every mutant judged in processes of their own, so that one that never ends stops nobody. */
export async function tryFolds(mutants: readonly FoldMutant[], options: TrialOptions): Promise<Judged[]> {
  const { logs, processes = 2, patienceMs = 60_000, onJudged } = options
  const waiting = mutants.map((mutant, index) => ({ mutant, index }))
  const judged: Judged[] = []
  const work = async (): Promise<void> => {
    let bench: Bench | undefined
    try {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        bench ??= await openBench(logs)
        const verdict = await bench.judge(next.mutant, patienceMs)
        if (verdict.noticed === 'it does not end') bench = undefined
        judged[next.index] = { mutant: next.mutant, verdict }
        onJudged?.({ mutant: next.mutant, verdict })
      }
    } finally {
      bench?.close()
    }
  }
  await Promise.all(Array.from({ length: Math.min(processes, mutants.length) }, work))
  return judged
}

interface Bench {
  judge(mutant: FoldMutant, patienceMs: number): Promise<Verdict>
  close(): void
}

async function openBench(logs: number): Promise<Bench> {
  const child = fork(join(import.meta.dirname, 'worker.ts'), [String(logs)], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    execArgv: ['--disable-warning=ExperimentalWarning'],
  })
  await answerOf(child)
  return {
    async judge(mutant, patienceMs) {
      const answer = answerOf(child, patienceMs)
      child.send(mutant)
      const verdict = await answer
      if (verdict !== undefined) return verdict as Verdict
      child.kill('SIGKILL')
      return { noticed: 'it does not end' }
    },
    close: () => child.kill(),
  }
}

/** The next message; undefined if none comes in time. @throws if the process ends first */
function answerOf(child: ChildProcess, patienceMs?: number): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const timer = patienceMs === undefined ? undefined : setTimeout(() => done(() => resolve(undefined)), patienceMs)
    const onMessage = (message: unknown) => done(() => resolve(message))
    const onExit = (code: number | null) =>
      done(() => reject(new Error(`a process that judges mutants ended with ${code}`)))
    const done = (finish: () => void) => {
      clearTimeout(timer)
      child.off('message', onMessage)
      child.off('exit', onExit)
      finish()
    }
    child.on('message', onMessage)
    child.on('exit', onExit)
  })
}

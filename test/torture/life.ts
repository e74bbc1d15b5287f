import { existsSync, readFileSync, rmSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type Ended, type Running, start } from '../../services/vouch/src/testing/process.ts'
import { Broken } from './broken.ts'
import type { Point } from './points.ts'

/** When a process is to be killed: at a passage of a point, by itself; or from outside, so many ms after it was started. */
export type Death =
  | { readonly at: Point; readonly passage: number; readonly underWayMs: number }
  | { readonly afterMs: number }

export interface LifeOptions {
  /** The data folder. */
  readonly folder: string
  /** A file outside of it, in which a point notes that it was reached. */
  readonly note: string
  /** Whether the process is one of another version of vouch, with other tables. */
  readonly otherTables: boolean
  /** A promise of vouch that is broken on purpose; see preload/sabotage.ts. */
  readonly sabotage?: string | undefined
  readonly death?: Death | undefined
}

export interface Life {
  readonly process: Running
  readonly startedAt: number
  kill(): void
  /** How it ended. */
  end(): Promise<End>
}

export interface End extends Ended {
  readonly killed: boolean
  /** What it was about to do, or had just done, at the point where it killed itself. */
  readonly reached: string | undefined
}

const preload = (name: string): string => `--import ${new URL(`preload/${name}.ts`, import.meta.url).href}`

/** Starts a real process of vouch, which ends by itself or is killed. */
export function live(words: readonly string[], { folder, note, otherTables, sabotage, death }: LifeOptions): Life {
  const point = death !== undefined && 'at' in death ? death : undefined
  const preloads = [
    ...(otherTables ? [preload('other-tables')] : []),
    ...(sabotage === undefined ? [] : [preload('sabotage')]),
    ...(point === undefined ? [] : [preload('kill')]),
  ]
  rmSync(note, { force: true })
  const process = start(words, {
    cwd: fileURLToPath(new URL('.', import.meta.url)),
    env: {
      VOUCH_DATA: folder,
      VOUCH_LOG_LEVEL: 'warn',
      NODE_OPTIONS: preloads.join(' '),
      VOUCH_SABOTAGE: sabotage,
      VOUCH_KILL_AT: point?.at.name,
      VOUCH_KILL_PASSAGE: point?.passage.toString(),
      VOUCH_KILL_UNDER_WAY_MS: point?.underWayMs.toString(),
      VOUCH_KILL_NOTE: note,
    },
  })
  const kill = () => process.kill('SIGKILL')
  const alarm = death !== undefined && 'afterMs' in death ? setTimeout(kill, death.afterMs) : undefined
  return {
    process,
    startedAt: performance.now(),
    kill,
    async end() {
      const ended = await process.ended
      clearTimeout(alarm)
      const reached = existsSync(note) ? readFileSync(note, 'utf8') : undefined
      return { ...ended, killed: process.child.signalCode === 'SIGKILL', reached }
    },
  }
}

/** No start may take longer, whatever was killed before. */
const readyWithinMs = 60_000

/** Waits until a server is ready, its tables at the head of the log. @returns its address; undefined if it was killed before */
export async function ready({ process, startedAt }: Life): Promise<string | undefined> {
  const hasEnded = () => process.child.exitCode !== null || process.child.signalCode !== null
  for (;;) {
    if (process.child.signalCode === 'SIGKILL') return undefined
    if (hasEnded()) throw new Broken(`A server ended by itself while it started: ${process.err()}`)
    const url = /vouch listens on (http:\S+);/.exec(process.err())?.[1]
    const response = url === undefined ? undefined : await fetch(`${url}/readyz`).catch(() => undefined)
    await response?.body?.cancel()
    if (response?.status === 200) return url
    if (performance.now() - startedAt > readyWithinMs) {
      throw new Broken(`A server was not ready within ${readyWithinMs / 1000} s: ${process.err()}`)
    }
    await pause(5)
  }
}

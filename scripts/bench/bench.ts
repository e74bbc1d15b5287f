import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { inChild, type OnProgress, type Phase, type Ran } from './child.ts'
import type { Figure } from './figure.ts'
import { sizeText } from './options.ts'
import { writeLog } from './phases/write-log.ts'

/** The size that larger logs are held against. */
export const baseEvents = 100_000

/** Events that are appended before appends are measured, over HTTP as without it: after fewer, the compiler is what is measured. */
export const appendedToWarmUp = 100_000

/** What a measurement at one size works with. */
export interface Bench {
  /** Events in the log. */
  readonly events: number
  readonly runs: number
  /** How long events are sent live. */
  readonly liveSeconds: number
  /** A data folder that has all events, in place of an import; only to be read. */
  readonly given?: string | undefined
  /** Runs a phase in a process of its own, with its progress on standard error. */
  run<Params, Result>(label: string, phase: Phase<Params, Result>, params: Params): Promise<Ran<Result>>
  /** The file of a log, made on the first call; only to be read. */
  log(events?: number): Promise<string>
  /** Name for a file or folder that is not there yet; whoever makes it removes it when it is large. */
  fresh(name: string): string
  /** What several measurements use: made on the first call for this size. */
  once<T>(name: string, make: () => Promise<T>): Promise<T>
  /** Something that readers of the results should know. */
  note(text: string): void
}

export interface Measurement {
  /** For `--only`. */
  readonly name: string
  measure(bench: Bench): Promise<readonly Figure[]>
}

export interface Workshop {
  /** @param runs of each measurement */
  at(events: number, runs: number): Bench
  readonly notes: readonly string[]
}

export interface WorkshopOptions {
  readonly folder: string
  readonly liveSeconds: number
  readonly given?: string | undefined
  /** Ends the phase under way, and with it the run. */
  readonly signal: AbortSignal
  readonly onProgress: (label: string, progress: Parameters<OnProgress>) => void
}

/** Keeps the logs of a run, and what else is used more than once. */
export function openWorkshop({ folder, liveSeconds, given, signal, onProgress }: WorkshopOptions): Workshop {
  const logs = new Map<number, Promise<string>>()
  const notes: string[] = []
  let names = 0

  const run = <Params, Result>(label: string, phase: Phase<Params, Result>, params: Params): Promise<Ran<Result>> => {
    onProgress(label, [0, 1])
    return inChild(phase, params, { signal, onProgress: (...progress) => onProgress(label, progress) })
  }

  function log(events: number): Promise<string> {
    const path = join(folder, `log-${events}.db`)
    const known = logs.get(events)
    if (known) return known
    for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix, { force: true })
    const made = run(`a log of ${sizeText(events)} events`, writeLog, { path, events }).then(() => path)
    logs.set(events, made)
    return made
  }

  return {
    notes,
    at(events, runs) {
      const own = join(folder, String(events))
      mkdirSync(own, { recursive: true })
      const made = new Map<string, Promise<unknown>>()
      return {
        events,
        runs,
        liveSeconds,
        given,
        run: (label, phase, params) => run(`${sizeText(events)}: ${label}`, phase, params),
        log: (size = events) => log(size),
        fresh: (name) => join(own, `${name}-${++names}`),
        once<T>(name: string, make: () => Promise<T>): Promise<T> {
          const known = made.get(name) as Promise<T> | undefined
          if (known) return known
          const value = make()
          made.set(name, value)
          return value
        },
        note(text) {
          notes.push(`${sizeText(events)}: ${text}`)
        },
      }
    },
  }
}

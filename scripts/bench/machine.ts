import { execFileSync } from 'node:child_process'
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os'
import type { Bench } from './bench.ts'
import { inspect } from './phases/folder.ts'

/** What it ran on. */
export interface Machine {
  readonly cores: number
  readonly cpu: string
  readonly memoryGiB: number
  readonly node: string
  readonly sqlite: string
  readonly clickHouse: string
  /** What others did meanwhile: how many threads wanted a core in the minute before the run. */
  readonly loadBefore: number
}

/** To be asked before the run. */
export const load = (): number => Math.round((loadavg()[0] ?? 0) * 10) / 10

export async function machine(bench: Bench, loadBefore: number): Promise<Machine> {
  const { result } = await bench.run('versions', inspect, { folder: bench.fresh('versions') })
  return {
    cores: availableParallelism(),
    cpu: cpus()[0]?.model.trim() ?? '?',
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.versions.node,
    sqlite: process.versions.sqlite ?? '?',
    clickHouse: result.clickHouse,
    loadBefore,
  }
}

/** The commit that is measured, and whether it was changed. */
export function commit(): string {
  const git = (...words: string[]) => execFileSync('git', words, { encoding: 'utf8' }).trim()
  const changed = git('status', '--porcelain', '--untracked-files=no', '--', '.', ':!docs') !== ''
  return `${git('rev-parse', '--short', 'HEAD')}${changed ? ' and changes' : ''}`
}

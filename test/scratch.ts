import { existsSync, statfsSync } from 'node:fs'

const memory = '/dev/shm'
const enoughBytes = 4 * 2 ** 30

/**
 * Has tests keep their files in memory where there is plenty, unless TMPDIR says where. They sync tens of thousands of times, which a
 * disk takes a third of their time for, and nothing here could tell the difference: what a process had written outlives its SIGKILL
 * on both. Full, failing and forgetful disks are made by test/disk; `npm run torture` is on the disk.
 */
export function scratchInMemory(): void {
  if (process.env.TMPDIR !== undefined || !existsSync(memory)) return
  const { bavail, bsize } = statfsSync(memory)
  if (bavail * bsize >= enoughBytes) process.env.TMPDIR = memory
}

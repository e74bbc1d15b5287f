// What the hash chain costs the projection: the same log folded with it and without, in turn, in one run.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Took } from './clock.ts'
import { type Folded, foldLog } from './fold.ts'
import { inTurn } from './in-turn.ts'
import { writeLog } from './phases/write-log.ts'
import { spreadOf } from './stats.ts'

const size = Number(process.argv[2] ?? 50_000)
const rounds = Number(process.argv[3] ?? 5)
const folder = mkdtempSync(join(tmpdir(), 'vouch-bench-chain-'))
const log = join(folder, 'log.db')

/** Folds the log, its last seal included. */
async function fold(isChained: boolean): Promise<Folded> {
  const own = mkdtempSync(join(folder, 'fold-'))
  const took = await foldLog({ log, folder: own, isChained })
  rmSync(own, { recursive: true })
  return took
}

try {
  await writeLog.run({ path: log, events: size }, () => undefined)
  await fold(true)
  const { plain, chained } = await inTurn(rounds, {
    plain: () => fold(false),
    async chained(round) {
      console.error(`round ${round + 1} of ${rounds}`)
      return fold(true)
    },
  })
  const costs = (of: (took: Took) => number): string => {
    const [without, withChain] = [spreadOf(plain.map(of)).median, spreadOf(chained.map(of)).median]
    const rates = [without, withChain].map((seconds) => String(Math.round(size / seconds)).padStart(10)).join('')
    return `${rates}${((1 - without / withChain) * 100).toFixed(1).padStart(9)} %`
  }
  console.log(`${size} events, medians of ${rounds} runs each, in turn`)
  console.log('                     alone with chain    costs')
  console.log(`events/s        ${costs(({ seconds }) => seconds)}`)
  console.log(`events/CPU s    ${costs(({ cpuSeconds }) => cpuSeconds)}`)
} finally {
  rmSync(folder, { recursive: true })
}

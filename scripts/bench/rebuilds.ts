import { rmSync } from 'node:fs'
import { type Bench, baseEvents } from './bench.ts'
import type { Ran } from './child.ts'
import type { Took } from './clock.ts'
import type { Folded } from './fold.ts'
import { inTurn } from './in-turn.ts'
import { insertRows, type ReadRates, readLog, rebuildLog } from './phases/rebuild.ts'

/** Rows of more events than this are not kept to be inserted alone. */
const mostKeptEvents = 1_000_000
const warmUpEvents = 20_000

export interface Rebuilds {
  readonly read: readonly Ran<ReadRates>[]
  readonly fold: readonly Ran<Folded>[]
  /** Empty where the log is too large. */
  readonly insert: readonly Ran<Took>[]
  /** Of a log of `baseEvents`. */
  readonly small: readonly Ran<Folded>[]
}

/** Rebuilds of a log and its limits, in turn; several measurements look at the same ones. */
export const rebuilds = (bench: Bench): Promise<Rebuilds> =>
  bench.once('rebuilds', async () => {
    const { events, runs } = bench
    const [log, small, warmUp] = [await bench.log(), await bench.log(baseEvents), await bench.log(warmUpEvents)]
    const label = (what: string, run: number) => `${what}, run ${run + 1} of ${runs}`
    const fold = async (label: string, file: string, blocks?: string) => {
      const folder = bench.fresh('rebuild')
      const params = { log: file, warmUp, folder, ...(blocks === undefined ? {} : { blocks }) }
      const ran = await bench.run(label, rebuildLog, params)
      rmSync(folder, { recursive: true })
      return ran
    }
    const rebuild = (what: string, file: string) => (run: number) => fold(label(what, run), file)
    const blocks = bench.fresh('blocks')
    const isKept = events <= mostKeptEvents
    if (isKept) await fold('rebuild, to warm up and to keep its rows', log, blocks)
    const tasks = {
      read: (run: number) => bench.run(label('read and parse', run), readLog, { log }),
      fold: rebuild('rebuild', log),
      small: rebuild('rebuild of a small log', small),
    }
    if (!isKept) return { ...(await inTurn(runs, tasks)), insert: [] }
    const insert = (run: number) =>
      bench.run(label('insert rows', run), insertRows, { blocks, folder: bench.fresh('insert') })
    const rounds = await inTurn(runs, { ...tasks, insert })
    rmSync(blocks)
    return rounds
  })

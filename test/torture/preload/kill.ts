// Kills the process that it is loaded into, with SIGKILL, at one passage of one named point. What the point is comes in the
// environment; that it was reached is written to a file before.
import { writeFileSync } from 'node:fs'
import { points } from '../points.ts'
import { watch } from './steps.ts'

const { VOUCH_KILL_AT: name, VOUCH_KILL_PASSAGE: passage, VOUCH_KILL_NOTE: note } = process.env
const point = points.find((it) => it.name === name)
if (point === undefined || note === undefined) throw new Error(`There is no point "${name}", or no file for the note.`)
const { step, when } = point
let left = Number(passage)

/** What runs in another thread is begun and, mostly, not done after this long. */
const underWayMs = when === 'during' ? Number(process.env.VOUCH_KILL_UNDER_WAY_MS ?? 0) : 0

watch({
  [when]: (seen: string) => {
    if (!step.test(seen) || --left !== 0) return
    writeFileSync(note, seen)
    // A busy wait, so that nothing that comes after the step in this thread is done meanwhile.
    for (const since = performance.now(); performance.now() - since < underWayMs; );
    process.kill(process.pid, 'SIGKILL')
  },
})

import { left, right } from 'fp-ts/lib/Either.js'
import type { Admission } from '../admit/admission.ts'
import { prepare } from '../admit/prepare.ts'
import { noon } from '../fixtures.ts'
import { importFiles } from './import.ts'

// A program of its own, so that its heap can be limited from outside: imports a file with a small budget into a log that
// keeps nothing, and prints how many events went in, whether they came in order, and the most memory outside the heap.

const [path = '', tmpDir = ''] = process.argv.slice(2)

let appended = 0
let ordered = true
let newest = Number.NEGATIVE_INFINITY
let mostOutside = 0

/** Takes everything and keeps nothing. */
const forgetting: Admission = {
  prepare: (incoming, now, scopes) => prepare(incoming, now, scopes),
  admit: () => async () => left({ tag: 'store-unavailable', message: 'Nothing is admitted here.' }),
  record: (events) => async () => {
    for (const { time } of events) {
      if (time < newest) ordered = false
      newest = time
    }
    appended += events.length
    return right(events.map(({ id }) => ({ outcome: 'appended' as const, id, position: BigInt(appended) })))
  },
}

const result = await importFiles({
  files: [path],
  rejectsPath: `${tmpDir}/rejects.ndjson`,
  admission: forgetting,
  store: { find: async () => undefined },
  programs: { clock: () => undefined, versions: () => [] },
  now: noon,
  tmpDir,
  memoryBytes: 2 << 20,
  onProgress: () => {
    mostOutside = Math.max(mostOutside, process.memoryUsage().arrayBuffers)
  },
})()

console.log(JSON.stringify({ tag: result._tag, appended, ordered, mostOutside }))

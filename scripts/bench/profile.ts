// Where a rebuild spends its time: `npm run bench:profile -- 100k`. Prints a table for docs/performance.md.
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { inChild } from './child.ts'
import { parseSize, sizeText } from './options.ts'
import { rebuildLog } from './phases/rebuild.ts'
import { writeLog } from './phases/write-log.ts'

/** The parts of V8's format that are used; times are µs. */
interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number }
  }[]
  readonly samples: readonly number[]
  readonly timeDeltas: readonly number[]
}

const root = resolve(import.meta.dirname, '../..')
const events = parseSize(process.argv[2] ?? '100k')
const folder = mkdtempSync(join(tmpdir(), 'vouch-bench-profile-'))
try {
  const log = join(folder, 'log.db')
  console.error('a log')
  await inChild(writeLog, { path: log, events })
  console.error('a rebuild')
  const params = { log, folder: join(folder, 'rebuild') }
  const { result } = await inChild(rebuildLog, params, { nodeOptions: ['--cpu-prof', `--cpu-prof-dir=${folder}`] })
  const profiles = globSync('*.cpuprofile', { cwd: folder }).map(
    (name): CpuProfile => JSON.parse(readFileSync(join(folder, name), 'utf8')),
  )
  print(profiles, result.cpuSeconds)
} finally {
  rmSync(folder, { recursive: true })
}

function print(profiles: readonly CpuProfile[], cpuSeconds: number): void {
  const perEvent = ((cpuSeconds * 1e6) / events).toFixed(0)
  console.log(
    `${sizeText(events)} events: ${cpuSeconds.toFixed(1)} s of the processor, ${perEvent} µs an event, by all threads.\n`,
  )
  for (const [title, nameOf, shown] of [
    ['part', partOf, 9],
    ['function', functionOf, 15],
  ] as const) {
    const times = selfTimes(profiles, nameOf)
    const sum = [...times.values()].reduce((all, microseconds) => all + microseconds, 0)
    const slowest = [...times].sort(([, one], [, other]) => other - one).slice(0, shown)
    console.log(`| ${title} | own time |\n|---|---:|`)
    for (const [name, microseconds] of slowest)
      console.log(`| ${name} | ${((100 * microseconds) / sum).toFixed(1)} % |`)
    console.log('')
  }
}

type CallFrame = CpuProfile['nodes'][number]['callFrame']

/** Own time in µs by name, of all threads that run JavaScript, while they do anything. */
function selfTimes(profiles: readonly CpuProfile[], nameOf: (frame: CallFrame) => string): Map<string, number> {
  const times = new Map<string, number>()
  for (const { nodes, samples, timeDeltas } of profiles) {
    const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]))
    for (const [index, id] of samples.entries()) {
      const frame = frames.get(id) as CallFrame
      if (frame.functionName === '(idle)') continue
      const name = nameOf(frame)
      times.set(name, (times.get(name) ?? 0) + (timeDeltas[index] as number))
    }
  }
  return times
}

function functionOf({ functionName, url, lineNumber }: CallFrame): string {
  if (url === '') return functionName.startsWith('(') ? functionName : `\`${functionName}\` (native)`
  return `\`${functionName || 'anonymous'}\` ${placeOf(url)}:${lineNumber + 1}`
}

/** The workspace, or what else it belongs to. */
function partOf({ functionName, url }: CallFrame): string {
  if (url === '') return functionName.startsWith('(') ? functionName : 'native'
  const place = placeOf(url)
  return place.startsWith('node:') ? 'node' : place.split('/').slice(0, 2).join('/')
}

function placeOf(url: string): string {
  return url.startsWith('file:') ? relative(root, fileURLToPath(url)) : url
}

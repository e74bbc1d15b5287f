import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { brokerProblem, javaVersion, kafkaJars, kafkaVersion } from './kafka/jars.ts'

/** One part that vouch works with, and what the suites with real parts have in its place. */
interface Part {
  readonly part: string
  readonly is: 'real' | 'double' | 'absent'
  readonly how: string
  /** It could be here, and is not: then the suites prove less than they are for. */
  readonly isMissing?: boolean
}

const root = join(import.meta.dirname, '..')

function kafka(): Part {
  const part = 'Apache Kafka'
  const problem = brokerProblem()
  if (problem !== undefined) return { part, is: 'absent', how: problem, isMissing: true }
  try {
    kafkaJars()
  } catch (error) {
    const how = error instanceof Error ? error.message : String(error)
    return { part, is: 'absent', how, isMissing: true }
  }
  return { part, is: 'real', how: `${kafkaVersion}, one node in a process of its own, Java ${javaVersion()}` }
}

/** What this version has no adapter for cannot be tried, whatever is set. */
const noAdapter = (part: string, instead: string): Part => ({
  part,
  is: 'absent',
  how: `this version has no adapter for it; ${instead}`,
})

function parts(): readonly Part[] {
  const sqlite = new DatabaseSync(':memory:').prepare('SELECT sqlite_version() AS version').get()?.version
  const chdb = JSON.parse(readFileSync(join(root, 'node_modules/chdb/package.json'), 'utf8')) as { version: string }
  return [
    { part: 'SQLite', is: 'real', how: `${sqlite}, in the process` },
    { part: 'ClickHouse in the process', is: 'real', how: `chDB ${chdb.version}` },
    kafka(),
    noAdapter('ClickHouse server', 'ClickHouse runs in the process'),
    noAdapter('EventStoreDB', 'the log is SQLite'),
  ]
}

/** Runs the suites that have real parts, and says at the end which part was real, and why another was not. */
function main(): void {
  const all = parts()
  const missing = all.filter(({ isMissing }) => isMissing)
  const status =
    missing.length > 0
      ? 1
      : spawnSync(
          join(root, 'node_modules/.bin/vitest'),
          ['run', '-c', 'vitest.parts.config.ts', ...process.argv.slice(2)],
          {
            cwd: root,
            stdio: 'inherit',
          },
        ).status
  const widest = Math.max(...all.map(({ part }) => part.length))
  console.log()
  for (const { part, is, how } of all) console.log(`${part.padEnd(widest)}  ${is.padEnd(6)}  ${how}`)
  if (missing.length > 0)
    console.error(`\nNothing was tried, for want of ${missing.map(({ part }) => part).join(', ')}.`)
  process.exitCode = status ?? 1
}

main()

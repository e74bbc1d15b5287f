import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { goDriver } from '../services/vouch/src/testing/drivers.ts'
import { brokerProblem, javaVersion, kafkaJars, kafkaVersion } from './kafka/jars.ts'

/** One part that vouch works with, and what the suites with real parts have in its place. */
interface Part {
  readonly part: string
  /** The suite that cannot run without it, as vitest's --exclude takes it. */
  readonly suite?: string
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

/** A server would be found by the suite of the event store; the double that stands in for it is in `npm test`. */
function eventStoreDb(): Part {
  const given = process.env.VOUCH_EVENT_STORE?.startsWith('esdb') ?? false
  const part = 'EventStoreDB'
  return given
    ? { part, is: 'real', how: 'the server that VOUCH_EVENT_STORE names, in npm test' }
    : { part, is: 'double', how: 'its protocol over streams in memory, in npm test; VOUCH_EVENT_STORE names a server' }
}

/** As for the log: the suite of the tables finds a server by itself, and removes what vouch has there. */
function clickhouseServer(): Part {
  const part = 'ClickHouse server'
  return process.env.VOUCH_TEST_WAREHOUSE
    ? { part, is: 'real', how: 'the server that VOUCH_TEST_WAREHOUSE names, in npm test' }
    : { part, is: 'double', how: 'its HTTP interface over chDB, in npm test; VOUCH_TEST_WAREHOUSE names a server' }
}

/** Whether a command ends well; a minute is enough for any of them. */
const works = (command: string, ...args: readonly string[]): boolean =>
  spawnSync(command, args, { stdio: 'ignore', timeout: 60_000 }).status === 0

/** Drivers of ClickHouse in other languages: tried where their language is, and named where it is not. */
function drivers(): readonly Part[] {
  const folder = 'services/vouch/src/clickhouse'
  const goModule = `${goDriver.module}@${goDriver.version}`
  const all = [
    {
      part: 'clickhouse-connect',
      suite: `${folder}/python.parts.spec.ts`,
      needs: 'Python 3 with venv',
      isHere: () => works('python3', '-c', 'import venv, ensurepip'),
    },
    {
      part: 'ClickHouse JDBC',
      suite: `${folder}/jdbc.parts.spec.ts`,
      needs: 'a JDK and Maven',
      isHere: () => works('javac', '-version') && works('mvn', '-version'),
    },
    {
      part: 'clickhouse-go',
      suite: `${folder}/go.parts.spec.ts`,
      needs: `Go, and a proxy that has ${goModule}`,
      isHere: () => works('go', 'version') && works('go', 'list', '-m', goModule),
    },
  ]
  return all.map(({ part, suite, needs, isHere }) => {
    const is = isHere() ? 'real' : 'absent'
    return { part, suite, is, how: is === 'real' ? 'its own process, against vouch start' : `it needs ${needs}` }
  })
}

/** Programs for books, which read the journal that vouch writes. */
function books(): readonly Part[] {
  const suite = 'services/vouch/src/finance/hledger.parts.spec.ts'
  const versions = ['hledger', 'ledger'].map((program) => ({ program, version: versionOf(program) }))
  const all = versions.every(({ version }) => version !== undefined)
  return versions.map(({ program, version }) => ({
    part: program,
    ...(all ? {} : { suite }),
    is: all ? 'real' : 'absent',
    how: all
      ? `${version}, on the journal of vouch ledger export`
      : `its suite needs hledger and ledger (Debian: apt-get install hledger ledger)`,
  }))
}

/** What reads the pages that vouch writes, and the paper that they are printed on. */
function browser(): Part {
  const part = 'Chromium'
  const suite = 'services/vouch/src/finance/statement-page.parts.spec.ts'
  const version = versionOf('chromium')
  if (version !== undefined && works('pdftotext', '-v'))
    return { part, is: 'real', how: `${version}, on the pages of vouch statement` }
  const how = 'its suite needs chromium and pdftotext (Debian: apt-get install chromium poppler-utils)'
  return { part, suite, is: 'absent', how }
}

function versionOf(program: string): string | undefined {
  const { status, stdout } = spawnSync(program, ['--version'], { encoding: 'utf8', timeout: 60_000 })
  return status === 0 ? /\d+(?:\.\d+)+/.exec(stdout)?.[0] : undefined
}

function parts(): readonly Part[] {
  const sqlite = new DatabaseSync(':memory:').prepare('SELECT sqlite_version() AS version').get()?.version
  const chdb = JSON.parse(readFileSync(join(root, 'node_modules/chdb/package.json'), 'utf8')) as { version: string }
  return [
    { part: 'SQLite', is: 'real', how: `${sqlite}, in the process` },
    { part: 'ClickHouse in the process', is: 'real', how: `chDB ${chdb.version}` },
    kafka(),
    ...drivers(),
    ...books(),
    browser(),
    clickhouseServer(),
    eventStoreDb(),
  ]
}

/** Runs the suites that have real parts, and says at the end which part was real, and why another was not. */
function main(): void {
  const all = parts()
  const missing = all.filter(({ isMissing }) => isMissing)
  const left = all.flatMap(({ is, suite }) => (is === 'absent' && suite !== undefined ? ['--exclude', suite] : []))
  const vitest = ['run', '-c', 'vitest.parts.config.ts', ...left, ...process.argv.slice(2)]
  const status =
    missing.length > 0
      ? 1
      : spawnSync(join(root, 'node_modules/.bin/vitest'), vitest, { cwd: root, stdio: 'inherit' }).status
  const widest = Math.max(...all.map(({ part }) => part.length))
  console.log()
  for (const { part, is, how } of all) console.log(`${part.padEnd(widest)}  ${is.padEnd(6)}  ${how}`)
  if (missing.length > 0)
    console.error(`\nNothing was tried, for want of ${missing.map(({ part }) => part).join(', ')}.`)
  process.exitCode = status ?? 1
}

main()

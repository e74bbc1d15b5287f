import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

const pom = join(import.meta.dirname, 'pom.xml')
const pins = readFileSync(join(import.meta.dirname, 'jars.sha256'), 'utf8')

/** SHA-256 in hex, by the name of the file. */
const pinned = new Map(
  pins
    .trimEnd()
    .split('\n')
    .map((line) => line.split('  ').reverse() as [string, string]),
)

/** The version of the broker, as its jar is called. */
export const kafkaVersion = /kafka_2\.13-(.+)\.jar/.exec(pins)?.[1] ?? 'unknown'

/** The oldest Java that Kafka 4 runs on. */
const leastJava = 17

/** What keeps a broker from running on this machine, and what would help; undefined if nothing does. */
export function brokerProblem(): string | undefined {
  const java = javaVersion()
  if (java === undefined) return `there is no java; install Java ${leastJava} or later (Debian: default-jre-headless)`
  if (java < leastJava) return `java is version ${java}, and Kafka 4 needs ${leastJava} or later`
  if (!existsSync(cacheFolder()) && !runs('mvn'))
    return 'its jars are not here yet, and there is no mvn to fetch them with; install Maven (Debian: maven)'
  return undefined
}

/** The major version of `java`, if there is one. */
export function javaVersion(): number | undefined {
  const { stderr, status } = spawnSync('java', ['-version'], { encoding: 'utf8' })
  const major = status === 0 ? /version "(\d+)/.exec(stderr)?.[1] : undefined
  return major === undefined ? undefined : Number(major)
}

const runs = (command: string): boolean => spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0

/** One folder a list of jars, so that another version is fetched anew. */
const cacheFolder = (): string =>
  join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'vouch', `kafka-${sha256(pins).slice(0, 16)}`)

/**
 * The folder with the jars of the broker. They are fetched once, through Maven and so from whichever repository it is set up
 * for, and are held against their pinned hashes each time.
 * @throws Error that says what is wrong
 */
export function kafkaJars(): string {
  const folder = cacheFolder()
  if (!existsSync(folder)) fetchInto(folder)
  const problems = differences(folder)
  if (problems.length === 0) return folder
  throw new Error(`${folder} is not what scripts/kafka/jars.sha256 pins (${problems.join('; ')}); remove it.`)
}

function fetchInto(folder: string): void {
  const parent = join(folder, '..')
  mkdirSync(parent, { recursive: true })
  const fresh = mkdtempSync(join(parent, 'fetching-'))
  const goal = ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${fresh}`]
  try {
    execFileSync('mvn', ['-q', '-B', '-f', pom, ...goal], { stdio: ['ignore', 'ignore', 'inherit'] })
    const problems = differences(fresh)
    if (problems.length > 0) throw new Error(`What Maven fetched is not what is pinned: ${problems.join('; ')}.`)
    if (!existsSync(folder)) renameSync(fresh, folder)
  } finally {
    rmSync(fresh, { recursive: true, force: true })
  }
}

function differences(folder: string): string[] {
  const found = new Set(readdirSync(folder))
  const missing = [...pinned.keys()].filter((name) => !found.has(name)).map((name) => `${name} is missing`)
  const wrong = [...found].filter((name) => sha256(readFileSync(join(folder, name))) !== pinned.get(name))
  return [...missing, ...wrong.map((name) => `${name} has another hash, or none that is pinned`)]
}

const sha256 = (content: string | Buffer): string => createHash('sha256').update(content).digest('hex')

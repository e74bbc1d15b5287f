import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { openPlace } from '../services/vouch/src/testing/place.ts'
import { published, story } from '../services/vouch/src/testing/samples.ts'
import { startServer } from '../services/vouch/src/testing/server.ts'

/** `npm run fuzz -- [--seconds N] [--seed S]`: schemathesis, of PyPI, against a real server and its /openapi.json. */
const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '45' }, seed: { type: 'string', default: '3' } },
})
const requirements = fileURLToPath(new URL('../test/fuzz/requirements.txt', import.meta.url))
const config = fileURLToPath(new URL('../test/fuzz/schemathesis.toml', import.meta.url))

const tool = install()
process.exitCode = await fuzz(tool)

/** Has the tool, at the versions that are pinned, in a folder of its own; nothing is to be skipped where it cannot be had. */
function install(): string {
  const version = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 12)
  const folder = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'vouch', `fuzz-${version}`)
  const done = join(folder, 'bin', 'st')
  if (existsSync(done) && spawnSync(done, ['--version']).status === 0) return done
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  run('python3', ['-m', 'venv', folder], 'Python 3.10 or later, with venv, is needed')
  const pip = ['install', '--quiet', '--disable-pip-version-check', '--requirement', requirements]
  run(join(folder, 'bin', 'pip'), pip, 'PyPI has to be reachable')
  return done
}

function run(command: string, words: readonly string[], needed: string): void {
  const { status, error } = spawnSync(command, words, { stdio: 'inherit' })
  if (status === 0) return
  console.error(`${command} failed (${error?.message ?? `exit ${status}`}): ${needed}.`)
  process.exit(1)
}

async function fuzz(command: string): Promise<number> {
  const place = await openPlace()
  const made = await place.vouch('keys', 'create', '--scopes', 'ingest,read,admin')
  const authorization = `Bearer ${made.out.trim()}`
  const env = { VOUCH_DATA: place.data, VOUCH_STRANGERS_PER_MINUTE: '0' }
  const server = await startServer(['--host', '127.0.0.1'], { cwd: place.dir, env })
  try {
    await server.post('/v1/events', [published(), ...story], { authorization })
    const words = [
      ['--config-file', config, 'run', `${server.url}/openapi.json`],
      ['--header', `Authorization: ${authorization}`, '--seed', values.seed, '--max-time', values.seconds],
      ['--max-examples', '200', '--continue-on-failure', '--request-timeout', '30', '--no-color'],
      ['--generation-database', 'none'],
    ]
    // Asynchronous, for this process reads what the server says meanwhile.
    const { code } = await place.shell(`'${command}' ${words.flat().map(quoted).join(' ')} >&2`).then((ended) => {
      console.log(ended.err)
      return ended
    })
    const alive = await server.get('/healthz').then(({ status }) => status === 200)
    const ended = await server.stop()
    const defects = ended.out.split('\n').filter((line) => line.includes('"level":50'))
    for (const defect of defects) console.error(defect)
    if (!alive || ended.code !== 0)
      console.error(`The server did not live through it: exit ${ended.code}. ${ended.err}`)
    return code === 0 && alive && ended.code === 0 && defects.length === 0 ? 0 : 1
  } finally {
    await place.close()
    await server.stop()
  }
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`
}

import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Readable } from 'node:stream'

const root = resolve(import.meta.dirname, '../..')

/** The ports that documents show: of vouch, and of ClickHouse's HTTP interface. */
const shownPort = '8080'
const shownClickHousePort = '8123'

export interface Ended {
  readonly exitCode: number | null
  /** Standard output and standard error as a terminal would show them. */
  readonly output: string
}

/** A folder in which the commands of one document are typed, one after another. */
export interface Place {
  /** Runs a command to its end; a server is left running as soon as it listens, and ends with `kill %1`. */
  run(command: string): Promise<Ended>
  write(name: string, content: string): void
  has(name: string): boolean
  /** Where a server listens that was started with the port that documents show. */
  readonly port: number
  /** Ends what still runs. */
  leave(): Promise<void>
}

/**
 * Opens a place from which `npx`, `examples/` and `scripts/` are at hand, as in the repository.
 * @param dataDir a data folder, of which a copy lies in the place as `.vouch`
 */
export async function openPlace(dataDir?: string): Promise<Place> {
  const folder = mkdtempSync(join(tmpdir(), 'vouch-docs-'))
  for (const name of ['examples', 'scripts']) symlinkSync(join(root, name), join(folder, name))
  const { VOUCH_JOURNEYS: journeys } = process.env
  if (journeys !== undefined) symlinkSync(join(journeys, 'journeys.csv'), join(folder, 'journeys.csv'))
  // The same as npx does, in less time.
  const npx = join(folder, '.bin', 'npx')
  mkdirSync(join(folder, '.bin'))
  writeFileSync(npx, `#!/bin/sh\nname=$1\nshift\nexec "${root}/node_modules/.bin/$name" "$@"\n`)
  chmodSync(npx, 0o755)
  if (dataDir !== undefined) cpSync(dataDir, join(folder, '.vouch'), { recursive: true, verbatimSymlinks: true })
  const port = await freePort()
  const clickhousePort = await freePort()
  const { VOUCH_DATA: _data, VOUCH_LOG_LEVEL: _level, NODE_OPTIONS: _options, ...environment } = process.env
  const env = { ...environment, PATH: `${join(folder, '.bin')}:${root}/node_modules/.bin:${process.env.PATH}` }
  let server: { process: ChildProcessByStdio<null, Readable, null>; ended: Promise<Ended> } | undefined

  // Both outputs in one pipe, so that they come in the order in which they were written.
  const launch = (command: string) =>
    spawn('bash', ['-c', `exec 2>&1; ${command}`], { cwd: folder, env, stdio: ['ignore', 'pipe', 'ignore'] })

  async function start(command: string): Promise<Ended> {
    const child = launch(`exec env ${command.replace(/\s*&$/, '')}`)
    const ended = endOf(child)
    const { promise: listening, resolve: listens } = Promise.withResolvers<string>()
    let said = ''
    child.stdout.on('data', (piece: Buffer) => {
      said += piece.toString()
      if (/vouch listens on .*\n/.test(said)) listens(said)
    })
    const first = await Promise.race([listening, ended])
    if (typeof first !== 'string') return first
    if (server) throw new Error('Two servers run; end the first with kill %1.')
    server = { process: child, ended }
    return { exitCode: 0, output: first }
  }

  async function stop(): Promise<Ended> {
    if (!server) throw new Error('No server runs that could be ended.')
    const { process: child, ended } = server
    server = undefined
    child.kill('SIGTERM')
    const { exitCode } = await ended
    return { exitCode, output: '' }
  }

  return {
    port,
    write: (name, content) => writeFileSync(join(folder, name), content),
    has: (name) => existsSync(join(folder, name)),
    async run(shown) {
      const command = shown.replaceAll(shownPort, String(port)).replaceAll(shownClickHousePort, String(clickhousePort))
      const { exitCode, output } =
        command === 'kill %1'
          ? await stop()
          : /\bnpx vouch start\b/.test(command)
            ? await start(command)
            : await endOf(launch(command))
      const seen = output.replaceAll(String(port), shownPort).replaceAll(String(clickhousePort), shownClickHousePort)
      return { exitCode, output: seen }
    },
    async leave() {
      if (server) await stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function endOf(child: ChildProcessByStdio<null, Readable, null>): Promise<Ended> {
  let output = ''
  child.stdout.on('data', (piece: Buffer) => {
    output += piece.toString()
  })
  return new Promise((done, fail) => {
    child.on('error', fail)
    child.on('close', (exitCode) => done({ exitCode, output }))
  })
}

function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const probe = createServer()
    probe.on('error', fail)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() =>
        typeof address === 'object' && address ? done(address.port) : fail(new Error('No port is free.')),
      )
    })
  })
}

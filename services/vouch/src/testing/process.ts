import { type ChildProcess, spawn } from 'node:child_process'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

/** How a process ended, and what it said. */
export interface Ended {
  /** The exit code; null if a signal ended it. */
  readonly code: number | null
  readonly out: string
  readonly err: string
  /** Standard output as it came. */
  readonly bytes: Buffer
}

export interface Running {
  readonly child: ChildProcess
  /** What it has said so far. */
  out(): string
  err(): string
  kill(signal: NodeJS.Signals): void
  /** Resolves when it has ended and its output is whole. */
  readonly ended: Promise<Ended>
}

export interface RunOptions {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string | undefined>>
  /** What it reads on standard input; nothing by default. */
  readonly input?: string
  /** A shell line, in which `vouch` is the command. */
  readonly shell?: boolean
}

const binFolder = fileURLToPath(new URL('../../../../node_modules/.bin', import.meta.url))

const running = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/** The environment of a process that is told nothing but what `env` says. */
function environment(env: RunOptions['env']): NodeJS.ProcessEnv {
  const { HOME, TMPDIR } = process.env
  const path = [binFolder, dirname(process.execPath), process.env.PATH].join(':')
  return { HOME, TMPDIR, PATH: path, VOUCH_LOG_LEVEL: 'info', ...env }
}

/** Starts `vouch` through its bin, as a user does. */
export function start(args: readonly string[], { cwd, env, input, shell = false }: RunOptions = {}): Running {
  const [command, words] = shell ? ['bash', ['-o', 'pipefail', '-c', args.join(' ')]] : ['vouch', args]
  const stdio = [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'] as const
  const child = spawn(command, words, { cwd, env: environment(env), stdio: [...stdio] })
  running.add(child)
  const out: Buffer[] = []
  const err: Buffer[] = []
  child.stdout?.on('data', (chunk: Buffer) => out.push(chunk))
  child.stderr?.on('data', (chunk: Buffer) => err.push(chunk))
  child.stdin?.end(input)
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => {
      running.delete(child)
      const bytes = Buffer.concat(out)
      resolve({ code, bytes, out: bytes.toString(), err: Buffer.concat(err).toString() })
    })
  })
  return {
    child,
    out: () => Buffer.concat(out).toString(),
    err: () => Buffer.concat(err).toString(),
    kill: (signal) => void child.kill(signal),
    ended,
  }
}

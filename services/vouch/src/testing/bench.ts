import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { isRight } from 'fp-ts/lib/Either.js'
import { buildProgram } from '../cli.ts'
import type { Context, Output } from '../context.ts'
import { type Engine, type EngineOptions, openEngine } from '../engine.ts'
import { runCommand } from '../run.ts'

/** Noon of the day on which most specs take place; the engine's clock stands there. */
export const noon = Date.UTC(2026, 6, 1, 12)

/** A real engine on a folder of its own, and commands that run on it in this process. */
export interface Bench {
  readonly dir: string
  readonly engine: Engine
  run(argv: readonly string[], options?: RunOptions): Promise<Said>
  /** Appends events and folds them. */
  append(...events: readonly unknown[]): Promise<void>
  close(): Promise<void>
}

/** How a command ended, and what it said. */
export interface Said {
  readonly code: number
  readonly out: string
  readonly err: string
}

interface RunOptions {
  readonly signal?: AbortSignal
  /** Width of the terminal that both outputs are on; none if absent. */
  readonly columns?: number
}

/** @param more for the engine; its folder is the bench's own */
export async function openBench(more: Partial<EngineOptions> = {}): Promise<Bench> {
  const dir = mkdtempSync(join(tmpdir(), 'vouch-bench-'))
  const engine = await openEngine({ command: 'a spec', clock: () => noon, ...more, dataDir: join(dir, 'data') })
  return {
    dir,
    engine,
    async run(argv, { signal = new AbortController().signal, columns } = {}) {
      const out = memory(columns)
      const err = memory(columns)
      const context: Context = {
        out: out.output,
        err: err.output,
        cwd: dir,
        signal,
        clock: engine.clock,
        engine: async () => engine,
      }
      const code = await runCommand(await buildProgram(context, argv), argv, context.err, signal)
      return { code, out: out.text(), err: err.text() }
    },
    async append(...events) {
      const items = events.map((value) => ({ tag: 'value', value }) as const)
      const answer = await engine.admission.admit(items, { scopes: new Set(['ingest', 'admin']) })()
      const fine = isRight(answer) && answer.right.every(({ outcome }) => outcome === 'appended')
      if (!fine) throw new Error(`not all were appended: ${JSON.stringify(answer, bigintAsText)}`)
      await engine.projector.catchUp()
    },
    async close() {
      await engine.close()
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

const bigintAsText = (_key: string, value: unknown) => (typeof value === 'bigint' ? value.toString() : value)

/**
 * Runs one command on a data folder as a process of its own does: opens it when the command needs it, closes it after.
 * No other engine may be open in this process meanwhile.
 */
export async function runOnce(dataDir: string, argv: readonly string[], cwd = dataDir): Promise<Said> {
  const out = memory()
  const err = memory()
  const { signal } = new AbortController()
  let opened: Engine | undefined
  const context: Context = {
    out: out.output,
    err: err.output,
    cwd,
    signal,
    clock: () => noon,
    async engine(_dataDir, { recover = false } = {}) {
      const onNotice = (text: string) => void err.output.write(`${text}\n`)
      opened ??= await openEngine({ dataDir, command: 'a spec', clock: () => noon, recover, onNotice })
      return opened
    },
  }
  const code = await runCommand(await buildProgram(context, argv), argv, context.err, signal)
  await opened?.close()
  return { code, out: out.text(), err: err.text() }
}

/** An output that is kept in memory. */
export function memory(columns?: number): { readonly output: Output; text(): string } {
  const chunks: Buffer[] = []
  const writable = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk)
      done()
    },
  })
  const output: Output = Object.assign(writable, columns === undefined ? {} : { isTTY: true, columns })
  return { output, text: () => Buffer.concat(chunks).toString() }
}

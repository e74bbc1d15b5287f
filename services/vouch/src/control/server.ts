import { randomBytes, timingSafeEqual } from 'node:crypto'
import { realpathSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { Writable } from 'node:stream'
import type { KafkaSettings, Logger } from '@vouch/observability'
import { buildProgram } from '../cli.ts'
import { type Context, type Output, ReaderGone } from '../context.ts'
import type { Engine } from '../engine.ts'
import { Failure } from '../failure.ts'
import { runCommand } from '../run.ts'
import { removeAddress, socketPath, writeAddress } from './address.ts'
import { encodeFrame, type FrameKind, type RunRequest, runRequestSchema } from './frames.ts'

const maxRequestBytes = 16 * 1024 * 1024

/** A longer piece of output is handed on in parts, so that the whole of a large answer is not held twice. */
const maxFrameBytes = 256 * 1024

/** How long a command may take to stop when the server does, ms. */
const graceMs = 5_000

export interface Control {
  /** Ends the commands under way, waits for them, and is not to be found any more. */
  close(): Promise<void>
}

/** Lets commands on the folder be done by the process that holds it. */
export async function serveControl(engine: Engine, logger: Logger, kafka?: KafkaSettings): Promise<Control> {
  const secret = randomBytes(32).toString('base64url')
  // Whoever reads the address may call the folder by another name.
  const dataDir = realpathSync(engine.dataDir)
  const socket = socketPath(dataDir)
  const running = new Map<AbortController, Promise<void>>()

  function answer(request: IncomingMessage, response: ServerResponse): void {
    const controller = new AbortController()
    // Ctrl-C over there closes the connection; what is still written then goes nowhere, and that is no failure.
    response.on('close', () => controller.abort())
    response.on('error', () => controller.abort())
    const done = accept(request, secret)
      .then(async (run) => {
        if (typeof run === 'number') response.writeHead(run).end()
        else await perform({ engine: async () => engine, clock: engine.clock, kafka }, run, response, controller.signal)
      })
      .catch((error: unknown) => {
        logger.error({ err: error }, 'a command broke off')
        response.destroy()
      })
      .finally(() => running.delete(controller))
    running.set(controller, done)
  }

  // The folder's lock is ours, so that a socket in its place is a dead one's.
  rmSync(socket, { force: true })
  const server = createServer(answer)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(socket, resolve)
  })
  writeAddress(dataDir, { socket, secret })
  return {
    async close() {
      removeAddress(dataDir)
      const stopping = new Failure('The server was stopped before the command was done; run it again.')
      for (const controller of running.keys()) controller.abort(stopping)
      // Somebody who does not read what is written would keep a command, and so us, for ever.
      const patience = setTimeout(() => server.closeAllConnections(), graceMs)
      await Promise.all(running.values())
      clearTimeout(patience)
      await new Promise((resolve) => {
        server.close(resolve)
        server.closeAllConnections()
      })
    },
  }
}

/** What is asked for, or the status that says why it is not done. */
async function accept(request: IncomingMessage, secret: string): Promise<RunRequest | number> {
  const given = Buffer.from(request.headers.authorization ?? '')
  const expected = Buffer.from(`Bearer ${secret}`)
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return 401
  const parsed = runRequestSchema.safeParse(await readJson(request))
  return parsed.success ? parsed.data : 400
}

async function perform(
  given: Pick<Context, 'engine' | 'clock' | 'kafka'>,
  run: RunRequest,
  response: ServerResponse,
  signal: AbortSignal,
): Promise<void> {
  response.writeHead(200, { 'content-type': 'application/octet-stream' })
  const context: Context = {
    ...given,
    out: outputTo(response, 'out', run.outColumns),
    err: outputTo(response, 'err', run.errColumns),
    cwd: run.cwd,
    askedBy: run.pid,
    signal,
  }
  const exit = await runCommand(await buildProgram(context, run.argv), run.argv, context.err, signal)
  if (response.destroyed) return
  await new Promise<void>((resolve) => {
    response.on('close', resolve)
    response.end(encodeFrame({ kind: 'exit', payload: Buffer.from([exit]) }))
  })
}

type Done = (error?: Error | null) => void

/** An output whose every piece goes to the one who asked. */
function outputTo(response: ServerResponse, kind: FrameKind, columns: number | null): Output {
  let pending: Done | undefined
  // What is written while a connection closes can be lost without a word to its callback.
  response.on('close', () => pending?.(new ReaderGone()))
  const writable = new Writable({
    decodeStrings: true,
    write(chunk: Buffer, _encoding, done) {
      if (response.closed) return done(new ReaderGone())
      const settle: Done = (error) => {
        if (pending !== settle) return
        pending = undefined
        done(error)
      }
      const sendFrom = (from: number) => {
        const to = Math.min(from + maxFrameBytes, chunk.length)
        response.write(encodeFrame({ kind, payload: chunk.subarray(from, to) }), (error) => {
          if (error || to === chunk.length) settle(error)
          else if (pending === settle) sendFrom(to)
        })
      }
      pending = settle
      sendFrom(0)
    },
  })
  // Whoever writes is told by the callback of the write.
  writable.on('error', () => undefined)
  return Object.assign(writable, columns === null ? {} : { isTTY: true, columns })
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = []
  let size = 0
  for await (const part of request) {
    size += (part as Buffer).length
    if (size > maxRequestBytes) return undefined
    parts.push(part as Buffer)
  }
  try {
    return JSON.parse(Buffer.concat(parts).toString('utf8'))
  } catch {
    return undefined
  }
}

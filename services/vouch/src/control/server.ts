import { randomBytes, timingSafeEqual } from 'node:crypto'
import { rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { Writable } from 'node:stream'
import { buildProgram } from '../cli.ts'
import type { Context, Output } from '../context.ts'
import type { Engine } from '../engine.ts'
import { runCommand } from '../run.ts'
import { removeSecret, socketPath, writeSecret } from './address.ts'
import { type Frame, runRequestSchema } from './frames.ts'

const maxRequestBytes = 1024 * 1024

/** Lets commands on the folder be done by the process that holds it. */
export async function serveControl(engine: Engine): Promise<{ close(): Promise<void> }> {
  const secret = randomBytes(32).toString('base64url')
  const path = socketPath(engine.dataDir)
  const running = new Set<AbortController>()
  const server = createServer((request, response) => {
    void answer(engine, secret, running, request, response)
  })
  // The folder's lock is ours, so that a socket in its place is a dead one's.
  rmSync(path, { force: true })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, resolve)
  })
  writeSecret(engine.dataDir, secret)
  return {
    async close() {
      removeSecret(engine.dataDir)
      for (const controller of running) controller.abort()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function answer(
  engine: Engine,
  secret: string,
  running: Set<AbortController>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const given = Buffer.from(request.headers.authorization ?? '')
  const expected = Buffer.from(`Bearer ${secret}`)
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return void response.writeHead(401).end()
  const parsed = runRequestSchema.safeParse(await readJson(request))
  if (!parsed.success) return void response.writeHead(400).end()
  const controller = new AbortController()
  running.add(controller)
  // Ctrl-C over there closes the connection.
  response.on('close', () => controller.abort())
  response.writeHead(200, { 'content-type': 'application/x-ndjson' })
  const send = (frame: Frame, done: (error?: Error | null) => void) =>
    response.write(`${JSON.stringify(frame)}\n`, done)
  const { argv, cwd, outColumns, errColumns } = parsed.data
  const context: Context = {
    out: outputTo((text, done) => send({ out: text }, done), outColumns),
    err: outputTo((text, done) => send({ err: text }, done), errColumns),
    cwd,
    signal: controller.signal,
    clock: engine.clock,
    engine: async () => engine,
  }
  const exit = await runCommand(buildProgram(context), argv, context.err, controller.signal)
  running.delete(controller)
  send({ exit }, () => response.end())
}

type Send = (base64: string, done: (error?: Error | null) => void) => void

function outputTo(send: Send, columns: number | null): Output {
  const writable = new Writable({
    decodeStrings: true,
    write: (chunk: Buffer, _encoding, done) => send(chunk.toString('base64'), done),
  })
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

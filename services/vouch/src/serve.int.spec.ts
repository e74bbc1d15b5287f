import { connect, createServer } from 'node:net'
import { createLogger } from '@vouch/observability'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Context } from './context.ts'
import { serve } from './serve.ts'
import { type Bench, memory, openBench } from './testing/bench.ts'
import { eventually } from './testing/eventually.ts'
import { click } from './testing/samples.ts'

let bench: Bench
beforeAll(async () => {
  bench = await openBench()
})
afterAll(() => bench.close())

interface Serving {
  readonly ended: Promise<void>
  stop(): void
  said(): string
  logged(): string
  url(): Promise<string>
}

const serving: Serving[] = []
afterEach(async () => {
  for (const one of serving.splice(0)) {
    one.stop()
    await one.ended.catch(() => undefined)
  }
})

function start(host?: string, port = 0, graceMs = 300, clickhousePort?: number): Serving {
  const err = memory()
  const log: string[] = []
  const stop = new AbortController()
  const context = { out: memory().output, err: err.output, signal: stop.signal } as unknown as Context
  const logger = createLogger('info', { write: (line) => void log.push(line) })
  const one: Serving = {
    ended: serve(context, bench.engine, { dataDir: undefined, host, port, clickhousePort, graceMs }, logger),
    stop: () => stop.abort(),
    said: err.text,
    logged: () => log.join(''),
    url: () => eventually('it listens', () => /listens on (http:\S+);/.exec(err.text())?.[1]),
  }
  one.ended.catch(() => undefined)
  serving.push(one)
  return one
}

describe('a server without any key', () => {
  it.each(['0.0.0.0', '::', '192.0.2.1', '127.example.com', 'example.com'])('does not bind to %s', async (host) => {
    await expect(start(host).ended).rejects.toMatchObject({
      exitCode: 2,
      message: `Without a key the server binds to loopback only, not to ${host}; make one with vouch keys create.`,
    })
  })

  it.each([undefined, '127.0.0.1', 'localhost', '127.0.0.2'])('binds to %s, and says so', async (host) => {
    const one = start(host)
    expect((await fetch(`${await one.url()}/healthz`)).status).toBe(200)
    expect(one.said()).toContain(
      'There is no key: listening on loopback only, and asking nobody for one. Make one with vouch keys create.\n',
    )
  })
})

describe('a server', () => {
  it('says where it could not listen', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => taken.once('listening', resolve))
    const { port } = taken.address() as { port: number }
    await expect(start(undefined, port).ended).rejects.toMatchObject({
      exitCode: 1,
      message: `Port ${port} of 127.0.0.1 is taken by another process; stop that one, or name another --port.`,
    })
    taken.close()
  })

  it('listens for drivers of ClickHouse where it is told to, on the same address', async () => {
    const one = start('127.0.0.2', 0, 300, 0)
    await one.url()
    const at =
      /ClickHouse's HTTP interface is at (http:\/\/127\.0\.0\.2:\d+), read-only: any user, without a password\.\n/
    const url = at.exec(one.said())?.[1]
    expect(await (await fetch(`${url}/?query=SELECT+1`)).text()).toBe('1\n')
    one.stop()
    await one.ended
    await expect(fetch(`${url}/ping`)).rejects.toThrow()
    const other = start()
    await other.url()
    expect(other.said()).not.toContain('ClickHouse')
  })

  it('says so where it cannot, and keeps nothing open', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => taken.once('listening', resolve))
    const { port } = taken.address() as { port: number }
    await expect(start(undefined, 0, 300, port).ended).rejects.toMatchObject({
      exitCode: 1,
      message: `Port ${port} of 127.0.0.1 is taken by another process; stop that one, or name another --clickhouse-port.`,
    })
    taken.close()
  })

  it('cuts off who does not send to the end, when it stops', async () => {
    const one = start()
    const { port } = new URL(await one.url())
    const socket = connect(Number(port), '127.0.0.1')
    socket.on('error', () => undefined)
    socket.write(
      'POST /v1/events HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n[',
    )
    await new Promise((resolve) => setTimeout(resolve, 50))
    const begun = performance.now()
    one.stop()
    await one.ended
    expect(performance.now() - begun).toBeLessThan(10_000)
    expect(one.logged()).not.toContain('"level":50')
  })

  it('answers what came in before it was stopped', async () => {
    const one = start(undefined, 0, 10_000)
    const { port } = new URL(await one.url())
    const body = JSON.stringify(click('c-1', '2026-03-01T10:00:00Z', 'v-1'))
    const socket = connect(Number(port), '127.0.0.1')
    let answer = ''
    socket.on('data', (chunk) => {
      answer += chunk.toString()
    })
    const head = [
      'POST /v1/events HTTP/1.1',
      'host: x',
      'content-type: application/json',
      `content-length: ${body.length}`,
      'expect: 100-continue',
    ]
    socket.write(`${head.join('\r\n')}\r\n\r\n${body.slice(0, 10)}`)
    await eventually('the request is under way', () => (answer === '' ? undefined : true))
    const begun = performance.now()
    one.stop()
    await new Promise((resolve) => setTimeout(resolve, 50))
    socket.write(body.slice(10))
    await Promise.all([one.ended, new Promise((resolve) => socket.once('close', resolve))])
    expect(performance.now() - begun).toBeLessThan(5_000)
    expect(answer).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK\r\n/)
    expect(answer.toLowerCase()).toContain('\r\nconnection: close\r\n')
    expect(answer).toContain('"outcome":"appended"')
  })

  it('tries the projection again after it has stopped', async () => {
    const { projector } = bench.engine
    const real = projector.run.bind(projector)
    let failures = 1
    projector.run = async (signal) => {
      if (failures-- > 0) throw new Error('no room on the disk')
      return real(signal)
    }
    const one = start()
    await one.url()
    const body = JSON.stringify(click('c-2', '2026-03-01T10:00:00Z', 'v-1'))
    const headers = { 'content-type': 'application/json' }
    await fetch(`${await one.url()}/v1/events`, { method: 'POST', headers, body })
    await eventually('it is projected', async () => (await projector.progress()).lagMs === 0 || undefined)
    Reflect.deleteProperty(projector, 'run')
    expect(one.logged()).toContain('no room on the disk')
    expect(one.logged()).toContain('the projection stopped')
  })
})

// A process of its own that sends events of the workload to a server as fast as it answers; started by http.ts.
import { connect, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { workload } from './workload.ts'

/** What to send, to whom. */
export interface Sending {
  readonly port: number
  readonly phases: readonly Phase[]
  readonly seed: number
}

/** So many further events of the workload, a request at a time on each connection. */
export interface Phase {
  readonly events: number
  /** Events in one request. */
  readonly batch: number
  readonly as: 'array' | 'ndjson'
  readonly connections: number
}

/** What became of a phase. */
export interface Sent {
  readonly events: number
  readonly requests: number
  /** Answers that asked to come back. */
  readonly turnedAway: number
  readonly seconds: number
  /** Of the processor, by all threads of the server: what other work on the machine disturbs less. */
  readonly cpuSeconds: number
  /** From the first time that a request was sent to the answer that took it. */
  readonly p50Ms: number
  readonly p99Ms: number
}

/** Whoever is asked to come back does so after so long: sooner than a polite sender, whose pauses would be measured. */
const retryMs = 50

process.once('message', (sending: Sending) => {
  send(sending).then(
    (sent) => process.send?.({ sent }, () => process.disconnect()),
    (error: unknown) => process.send?.({ failed: String(error) }, () => process.disconnect()),
  )
})

async function send({ port, phases, seed }: Sending): Promise<readonly Sent[]> {
  const all = phases.reduce((sum, { events }) => sum + events, 0)
  const events = workload({ events: all, seed })
  const sent: Sent[] = []
  for (const phase of phases) sent.push(await run(port, phase, requestsOf(events, phase)))
  return sent
}

/** All requests of a phase in their bytes, so that what is measured is the server. */
function requestsOf(events: ReturnType<typeof workload>, { events: count, batch, as }: Phase): Buffer[] {
  const requests: Buffer[] = []
  const type = as === 'array' ? 'application/json' : 'application/x-ndjson'
  for (let from = 0; from < count; from += batch) {
    const texts: string[] = []
    while (texts.length < Math.min(batch, count - from)) {
      const next = events.next()
      if (next.done) throw new Error('The workload has fewer events than were asked for.')
      texts.push(JSON.stringify(next.value.event))
    }
    const body = as === 'ndjson' ? `${texts.join('\n')}\n` : batch === 1 ? texts[0] : `[${texts.join(',')}]`
    const head = `POST /v1/events HTTP/1.1\r\nhost: localhost\r\ncontent-type: ${type}\r\ncontent-length: ${Buffer.byteLength(body ?? '')}\r\n\r\n`
    requests.push(Buffer.from(head + body))
  }
  return requests
}

/** Each connection sends its next request once the one before is answered. */
async function run(port: number, phase: Phase, requests: readonly Buffer[]): Promise<Sent> {
  const open = Array.from({ length: Math.min(phase.connections, requests.length) }, () => openConnection(port))
  const connections = await Promise.all(open)
  const latencies: number[] = []
  let appended = 0
  let turnedAway = 0
  let next = 0
  const work = async ({ ask }: Connection) => {
    for (let request = requests[next++]; request !== undefined; request = requests[next++]) {
      const begun = performance.now()
      let answer = await ask(request)
      while (answer.startsWith('HTTP/1.1 429')) {
        turnedAway++
        await pause(retryMs)
        answer = await ask(request)
      }
      latencies.push(performance.now() - begun)
      const done = answer.split('"outcome":"appended"').length - 1
      if (done === 0) throw new Error(`This is no answer to expect: ${answer.slice(0, 1_000)}`)
      appended += done
    }
  }
  const cpuFrom = await cpuSecondsOf(port)
  const begun = performance.now()
  await Promise.all(connections.map(work))
  const seconds = (performance.now() - begun) / 1_000
  const cpuSeconds = (await cpuSecondsOf(port)) - cpuFrom
  for (const { socket } of connections) socket.destroy()
  if (appended !== phase.events) throw new Error(`${appended} of ${phase.events} events were appended.`)
  latencies.sort((one, other) => one - other)
  const quantile = (part: number) => latencies[Math.floor((latencies.length - 1) * part)] ?? 0
  const [p50Ms, p99Ms] = [quantile(0.5), quantile(0.99)]
  return { events: appended, requests: requests.length, turnedAway, seconds, cpuSeconds, p50Ms, p99Ms }
}

async function cpuSecondsOf(port: number): Promise<number> {
  const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
  return Number(/^process_cpu_seconds_total (\S+)$/m.exec(metrics)?.[1])
}

interface Connection {
  readonly socket: Socket
  /** Sends one request; resolves with its answer, headers and body. */
  ask(request: Buffer): Promise<string>
}

/** Reads no more of HTTP than our own server's answers have: a length, and a body of so many bytes. */
function openConnection(port: number): Promise<Connection> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, noDelay: true })
    let text = ''
    let answered: ((answer: string) => void) | undefined
    let lost: ((error: Error) => void) | undefined
    const fail = (error: Error) => {
      reject(error)
      lost?.(error)
    }
    socket.on('error', fail).on('close', () => fail(new Error('The server has closed the connection.')))
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1')
      const body = text.indexOf('\r\n\r\n') + 4
      if (body < 4) return
      const length = Number(/content-length: (\d+)/i.exec(text.slice(0, body))?.[1])
      if (text.length < body + length) return
      const answer = text
      text = ''
      answered?.(answer)
    })
    socket.on('connect', () =>
      resolve({
        socket,
        ask: (request) =>
          new Promise((settle, refuse) => {
            answered = settle
            lost = refuse
            socket.write(request)
          }),
      }),
    )
  })
}

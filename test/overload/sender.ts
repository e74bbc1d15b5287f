import { Agent, request } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { eventText } from './events.ts'
import type { Fates } from './fates.ts'

export interface SenderOptions {
  readonly url: string
  readonly token: string
  /** Events in one request. */
  readonly batch: number
  /** Connections; a request that would need one more is not sent. */
  readonly connections: number
  readonly fates: Fates
  /** Told of each request as it goes out. */
  readonly onOffer?: (events: number) => void
  readonly onAnswer: (answer: Answer) => void
}

/** What came of one request. */
export interface Answer {
  readonly events: number
  /** 0 where there was none. */
  readonly status: number
  readonly ms: number
  readonly retryAfter: string | undefined
}

/** An app that sends events. */
export class Sender {
  readonly #options: SenderOptions
  readonly #agent: Agent
  #underWay = 0

  constructor(options: SenderOptions) {
    this.#options = options
    this.#agent = new Agent({ keepAlive: true, maxSockets: options.connections })
  }

  /** Sends again and again, each connection its next request once the one before is answered: as much as is taken. */
  async sendAll(signal: AbortSignal): Promise<void> {
    const connection = async () => {
      while (!signal.aborted) if ((await this.#send()) !== 200) await pause(50)
    }
    await Promise.all(Array.from({ length: this.#options.connections }, connection))
  }

  /** Sends so many requests a second, whether or not those before are answered. */
  async sendAt(perSecond: number, signal: AbortSignal): Promise<void> {
    const begun = performance.now()
    const answers = new Set<Promise<number>>()
    let due = 0
    while (!signal.aborted) {
      for (const until = ((performance.now() - begun) / 1000) * perSecond; due < until; due++) {
        if (this.#underWay >= this.#options.connections) continue
        const answer = this.#send().finally(() => answers.delete(answer))
        answers.add(answer)
      }
      await pause(5)
    }
    await Promise.all(answers)
  }

  close(): void {
    this.#agent.destroy()
  }

  /** @returns the status */
  async #send(): Promise<number> {
    const { batch, fates, onOffer, onAnswer } = this.#options
    onOffer?.(batch)
    const first = fates.number(batch)
    fates.mark(first, batch, 'unanswered')
    const texts = Array.from({ length: batch }, (_, n) => eventText(first + n))
    const begun = performance.now()
    this.#underWay++
    const { status, text, retryAfter } = await this.#post(batch === 1 ? (texts[0] ?? '') : `[${texts.join(',')}]`)
    this.#underWay--
    onAnswer({ events: batch, status, ms: performance.now() - begun, retryAfter })
    if (status === 200) {
      const { results } = JSON.parse(text) as { results: { id: string; outcome: string }[] }
      const isWhole = results.every(({ id, outcome }, n) => id === String(first + n) && outcome === 'appended')
      if (!isWhole || results.length !== batch)
        throw new Error(`An answer does not fit what was sent: ${text.slice(0, 200)}`)
      fates.mark(first, batch, 'accepted')
    } else if (status === 429 || status === 503) {
      if (!/^[1-9]\d*$/.test(retryAfter ?? '')) throw new Error(`${status} came without a Retry-After.`)
      fates.mark(first, batch, 'turned away')
    } else if (status !== 0) throw new Error(`${status} is no answer to expect: ${text.slice(0, 200)}`)
    return status
  }

  #post(body: string): Promise<{ status: number; text: string; retryAfter: string | undefined }> {
    const { url, token } = this.#options
    return new Promise((resolve) => {
      const lost = () => resolve({ status: 0, text: '', retryAfter: undefined })
      const headers = {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
      }
      const sent = request(`${url}/v1/events`, { method: 'POST', agent: this.#agent, headers }, (answer) => {
        let text = ''
        answer.setEncoding('utf8')
        answer.on('data', (chunk: string) => {
          text += chunk
        })
        answer.on('error', lost)
        answer.on('end', () =>
          resolve({ status: answer.statusCode ?? 0, text, retryAfter: answer.headers['retry-after'] }),
        )
      })
      sent.on('error', lost)
      sent.end(body)
    })
  }
}

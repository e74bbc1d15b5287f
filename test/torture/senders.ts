import { setTimeout as pause } from 'node:timers/promises'
import type { Random } from '../../packages/testing/src/index.ts'
import type { Acknowledgement, Acknowledgements } from './acknowledgements.ts'
import type { Batch, Offer } from './supply.ts'

/** Where a server listens, and a key that may do everything. */
export interface Target {
  readonly url: string
  readonly token: string | undefined
}

/** What senders have done so far. */
export interface SendingCounts {
  requests: number
  /** Requests that got no answer, as their server was killed. */
  unanswered: number
  /** Of these, how many were sent again. */
  sentAgain: number
}

/**
 * An app that reports events, batch after batch, for as long as there is a server; what has no answer it mostly sends again to
 * the next one, and sometimes never.
 */
export class Sender {
  readonly #next: () => readonly Batch[]
  readonly #acknowledgements: Acknowledgements
  readonly #counts: SendingCounts
  readonly #random: Random
  #queue: Batch[] = []

  constructor(next: () => readonly Batch[], acknowledgements: Acknowledgements, counts: SendingCounts, random: Random) {
    this.#next = next
    this.#acknowledgements = acknowledgements
    this.#counts = counts
    this.#random = random
  }

  /** Sends until the signal, or until nobody answers any more. @throws Error for an answer that nobody should get */
  async send(target: Target, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      if (this.#queue.length === 0) this.#queue = [...this.#next()]
      const batch = this.#queue[0] as Batch
      for (const offer of batch) this.#acknowledgements.offer(offer)
      this.#counts.requests++
      const answer = await post(target, batch)
      if (answer === undefined) {
        this.#counts.unanswered++
        if (this.#random.chance(0.8)) this.#counts.sentAgain++
        else this.#queue.shift()
        return
      }
      this.#acknowledgements.acknowledged(answer)
      this.#queue.shift()
      await pause(this.#random.between(0, 30))
    }
  }
}

/** @returns what was acknowledged; undefined where there was no whole answer */
async function post({ url, token }: Target, batch: Batch): Promise<readonly Acknowledgement[] | undefined> {
  const ndjson = batch.map(({ wire }) => `${wire}\n`).join('')
  let status: number
  let text: string
  try {
    const response = await fetch(`${url}/v1/events`, {
      method: 'POST',
      body: ndjson,
      headers: {
        'content-type': 'application/x-ndjson',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
    })
    status = response.status
    text = await response.text()
  } catch {
    return undefined
  }
  if (status !== 200 && status !== 207) throw new Error(`POST /v1/events was answered with ${status}: ${text}`)
  const { results } = JSON.parse(text) as { results: { outcome: string; position?: number }[] }
  if (results.length !== batch.length) throw new Error(`${batch.length} events have ${results.length} results: ${text}`)
  return results.flatMap(({ outcome, position }, index) => {
    if (outcome !== 'appended' && outcome !== 'duplicate' && outcome !== 'conflict') return []
    const { identity, contentHash, type } = batch[index] as Offer
    return [{ outcome, identity, contentHash, type, position }]
  })
}

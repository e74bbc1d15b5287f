import { appendFileSync } from 'node:fs'
import type { LogRow } from './log.ts'
import type { Offer } from './supply.ts'

/** What vouch has said of an offer. */
export interface Acknowledgement {
  readonly outcome: 'appended' | 'duplicate' | 'conflict'
  readonly identity: string
  readonly contentHash: string
  readonly type: string
  /** Undefined where it was said of a whole file. */
  readonly position: number | undefined
}

/** What was ever offered to a log, and what was acknowledged; the latter is written to a file, outside of the data folder. */
export class Acknowledgements {
  readonly offers = new Map<string, Map<string, Offer>>()
  readonly all: Acknowledgement[] = []
  readonly #file: string

  constructor(file: string) {
    this.#file = file
  }

  /** To be called before it is sent. */
  offer(offer: Offer): void {
    const known = this.offers.get(offer.identity) ?? new Map<string, Offer>()
    this.offers.set(offer.identity, known.set(offer.contentHash, offer))
  }

  acknowledged(acknowledgements: readonly Acknowledgement[]): void {
    if (acknowledgements.length === 0) return
    appendFileSync(this.#file, acknowledgements.map((it) => `${JSON.stringify(it)}\n`).join(''))
    for (const one of acknowledgements) this.all.push(one)
  }

  /** The offer that a row of the log stands for. */
  offerOf({ identity, contentHash }: LogRow): Offer | undefined {
    return this.offers.get(identity)?.get(contentHash)
  }
}

/** Where a log contradicts what was acknowledged, a sentence each: something lost, counted twice, moved, or made up. */
export function contradictions(rows: readonly LogRow[], acknowledgements: Acknowledgements): string[] {
  const found: string[] = []
  const byIdentity = new Map<string, LogRow>()
  for (const [index, row] of rows.entries()) {
    const { position, identity, recordedAt } = row
    if (position !== index + 1) found.push(`Position ${index + 1} holds nothing, the next event is at ${position}.`)
    if (recordedAt < (rows[index - 1]?.recordedAt ?? 0))
      found.push(`The event at ${position} is recorded before the one before it.`)
    const twin = byIdentity.get(identity)
    if (twin !== undefined) found.push(`${identity} is in the log twice, at ${twin.position} and ${position}.`)
    byIdentity.set(identity, row)
    const offer = acknowledgements.offerOf(row)
    if (offer === undefined) found.push(`The event at ${position}, ${identity}, was never offered with this content.`)
    else if (offer.data !== row.data) found.push(`The data at ${position}, ${identity}, is not what was offered.`)
  }
  for (const acknowledgement of acknowledgements.all) {
    const problem = contradiction(acknowledgement, byIdentity, rows)
    if (problem !== undefined) found.push(problem)
  }
  return found
}

function contradiction(
  { outcome, identity, contentHash, type, position }: Acknowledgement,
  byIdentity: ReadonlyMap<string, LogRow>,
  rows: readonly LogRow[],
): string | undefined {
  const said = `${identity} was acknowledged as ${outcome}${position === undefined ? '' : ` at ${position}`}`
  if (type === publication && outcome === 'duplicate') {
    // Terms that equal those in force repeat the event that published them, under whatever id.
    const isPublication = position === undefined || rows[position - 1]?.type === publication
    return isPublication ? undefined : `${said}, where no terms were published.`
  }
  const row = byIdentity.get(identity)
  if (row === undefined) return `${said}, and is not in the log.`
  if (position !== undefined && row.position !== position) return `${said}, and is at ${row.position}.`
  const isSame = row.contentHash === contentHash
  if (isSame === (outcome === 'conflict')) return `${said}, and the log has ${isSame ? 'this' : 'another'} content.`
  return undefined
}

const publication = 'vouch.program.published.v1'

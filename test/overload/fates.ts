import { DatabaseSync } from 'node:sqlite'

/** What became of an event, as its sender knows it. */
export const fates = ['not sent', 'unanswered', 'accepted', 'turned away'] as const
export type Fate = (typeof fates)[number]

/** Of each event its fate, by its number. A byte each, for there are millions. */
export class Fates {
  #codes = new Uint8Array(1 << 20)
  #next = 0

  /** Numbers for so many further events, the first of them. */
  number(count: number): number {
    const first = this.#next
    this.#next += count
    if (this.#next > this.#codes.length) {
      const larger = new Uint8Array(Math.max(this.#next, this.#codes.length * 2))
      larger.set(this.#codes)
      this.#codes = larger
    }
    return first
  }

  mark(first: number, count: number, fate: Fate): void {
    this.#codes.fill(fates.indexOf(fate), first, first + count)
  }

  of(number: number): Fate {
    return fates[this.#codes[number] ?? 0] ?? 'not sent'
  }

  counts(): Readonly<Record<Fate, number>> {
    const counts = { 'not sent': 0, unanswered: 0, accepted: 0, 'turned away': 0 }
    for (let number = 0; number < this.#next; number++) counts[this.of(number)]++
    return counts
  }

  /** Holds a log to what its senders know. Gives one sentence for each thing that is wrong, the first few. */
  problems(logPath: string, source: string): string[] {
    const problems: string[] = []
    const seen = new Uint8Array(this.#next)
    const db = new DatabaseSync(logPath, { readOnly: true })
    for (const { event_id: id } of db.prepare('SELECT event_id FROM events WHERE source = ?').iterate(source)) {
      const number = Number(id)
      if (!(number < this.#next)) problems.push(`${id} is in the log, and nobody sent it.`)
      else if (seen[number]) problems.push(`${id} is in the log more than once.`)
      else if (this.of(number) === 'turned away') problems.push(`${id} is in the log, and was turned away.`)
      if (number < this.#next) seen[number] = 1
    }
    db.close()
    for (let number = 0; number < this.#next; number++) {
      if (this.of(number) === 'accepted' && !seen[number])
        problems.push(`${number} was accepted, and is not in the log.`)
    }
    return problems.slice(0, 10)
  }
}

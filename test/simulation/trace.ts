import { hash } from 'node:crypto'

/** What happened, step by step. */
export class Trace {
  readonly #lines: string[] = []

  note(line: string): void {
    this.#lines.push(line)
  }

  get lines(): readonly string[] {
    return this.#lines
  }

  /** The same for the same steps, and for these alone. */
  get digest(): string {
    return hash('sha256', this.#lines.join('\n'), 'hex')
  }
}

import { type RowSet, type RowValues, rowsOf } from '@vouch/warehouse'

/** A double that notes what is inserted, and lets each insert end when the spec says so. */
export class RecordingWarehouse {
  readonly inserts: { readonly table: string; readonly generation: number; readonly rows: readonly RowValues[] }[] = []
  readonly #pending: { readonly resolve: () => void; readonly reject: (error: Error) => void }[] = []
  readonly #held: boolean

  /** @param held whether inserts wait for `release` or `fail` */
  constructor(held = false) {
    this.#held = held
  }

  rowSet(): RowSet {
    return []
  }

  insert(table: string, generation: number, rows: RowSet | readonly RowValues[]): Promise<void> {
    this.inserts.push({ table, generation, rows: rowsOf(rows) })
    if (!this.#held) return Promise.resolve()
    return new Promise((resolve, reject) => this.#pending.push({ resolve, reject }))
  }

  /** Lets the oldest insert under way end well. */
  release(): void {
    this.#next().resolve()
  }

  fail(error: Error): void {
    this.#next().reject(error)
  }

  #next() {
    const next = this.#pending.shift()
    if (next === undefined) throw new Error('No insert is under way.')
    return next
  }

  /** `TABLE POSITION.LINE …` of each insert. */
  get summary(): string[] {
    return this.inserts.map(
      ({ table, rows }) => `${table} ${rows.map((row) => `${row.position}.${row.line}`).join(' ')}`,
    )
  }
}

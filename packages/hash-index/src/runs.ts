import { Run } from './run.ts'
import type { IndexTables, RunRow } from './tables.ts'

/** The runs of an index as memory knows them, and the one place that changes them in the file. */
export class Runs {
  readonly tables: IndexTables
  #all: Run[] = []
  #made: readonly Run[] = []

  constructor(tables: IndexTables) {
    this.tables = tables
  }

  /** Those that are to be searched, in the order of their values; no two overlap. */
  get made(): readonly Run[] {
    return this.#made
  }

  get making(): readonly Run[] {
    return this.#all.filter(({ row }) => row.state === 'making')
  }

  get dropped(): readonly Run[] {
    return this.#all.filter(({ row }) => row.state === 'dropped')
  }

  /** The greatest value in them; 0 if there are none. */
  get upTo(): number {
    return this.#made.at(-1)?.row.upTo ?? 0
  }

  get bytes(): number {
    let sum = 0
    for (const run of this.#all) sum += run.bytes
    return sum
  }

  /** Reads the runs as they stand. What a run had is kept and not read again: entries that are written never change. */
  load(): void {
    const known = new Map(this.#all.map((run) => [run.row.id, run]))
    this.#all = this.tables.runs().map((row) => {
      const run = known.get(row.id) ?? new Run(row)
      run.row = row
      if (row.state === 'dropped') run.clear()
      else for (const body of this.tables.segments(row.id, run.segments.length)) run.add(body)
      return run
    })
    this.#sort()
  }

  /** After a rollback: a number of a run that is no more may be given to another one. */
  forget(): void {
    this.#all = []
    this.#made = []
  }

  /** A new run that has nothing yet, and is going to have so many entries. Its number is greater than any before: the newest run is never the one to go. */
  create(row: Omit<RunRow, 'id' | 'entries'>, entries: number): Run {
    const id = 1 + this.#all.reduce((newest, run) => Math.max(newest, run.row.id), 0)
    const run = new Run({ ...row, id, entries: 0 }, entries)
    this.#all.push(run)
    return run
  }

  put(run: Run, row: Partial<RunRow>): void {
    run.row = { ...run.row, ...row }
    if (run.row.state === 'dropped') run.clear()
    this.tables.putRun(run.row)
    this.#sort()
  }

  remove(run: Run): void {
    this.tables.deleteRun(run.row.id)
    this.#all = this.#all.filter((other) => other !== run)
  }

  #sort(): void {
    this.#made = this.#all.filter(({ row }) => row.state === 'made').sort((a, b) => a.row.after - b.row.after)
  }
}

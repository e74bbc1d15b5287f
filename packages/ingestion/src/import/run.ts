import { type Fact, factCodec } from './fact.ts'
import { type ImportReport, ImportStop } from './failure.ts'
import { defaultMemoryBytes, type ImportOptions, type ImportProgress } from './options.ts'
import { type Reject, rejectCodec } from './rejects.ts'
import { createSorter, type Sorter } from './sorter.ts'

/** One import on its way: what was asked for, and what it has so far. */
export interface Run {
  readonly options: ImportOptions
  readonly counts: Counts
  readonly facts: Sorter<Fact>
  readonly rejects: Sorter<Reject>
}

type Counts = { -readonly [Key in Exclude<keyof ImportReport, 'rejects'>]: number }

export function startRun(options: ImportOptions): Run {
  const { memoryBytes = defaultMemoryBytes, tmpDir } = options
  return {
    options,
    counts: { read: 0, appended: 0, duplicate: 0, conflict: 0, rejected: 0, unmapped: 0 },
    facts: createSorter({ codec: factCodec, budgetBytes: memoryBytes * 0.75, tmpDir }),
    rejects: createSorter({ codec: rejectCodec, budgetBytes: memoryBytes * 0.25, tmpDir }),
  }
}

export const reportOf = ({ counts }: Run, rejects: string | null): ImportReport => {
  const { read, appended, duplicate, conflict, rejected, unmapped } = counts
  return { read, appended, duplicate, conflict, rejected, rejects, unmapped }
}

/** Where it may be stopped; tells how far it is. @throws ImportStop */
export function checkpoint(run: Run, progress: ImportProgress): void {
  const { onProgress, signal } = run.options
  onProgress?.(progress)
  if (!signal?.aborted) return
  const report = reportOf(run, null)
  const message = `Stopped after ${report.appended} of its events were appended; run the same import again to complete it.`
  throw new ImportStop({ tag: 'aborted', message, report })
}

import { StoreError } from '@vouch/event-store'
import { KeysUnusable } from '@vouch/personal'
import { isLeft, left, right } from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { UnreadableFile } from '../read/source.ts'
import type { Fact } from './fact.ts'
import { type ImportFailure, type ImportReport, ImportStop, unusable } from './failure.ts'
import { type FileToImport, openFiles, readMappings } from './files.ts'
import { findBeyondHorizon } from './horizon.ts'
import { lateMessage } from './late-message.ts'
import { defaultBatchSize, defaultMemoryBytes, type ImportOptions, type ImportProgress } from './options.ts'
import { bytesOf, type Reading, readFiles } from './reading.ts'
import { rejectOf, unwritable, writeRejects } from './rejects.ts'
import { checkpoint, type Run, reportOf, startRun } from './run.ts'
import type { Sorted } from './sorter.ts'
import { SpoolError } from './spool.ts'

/**
 * Imports files of events. All is read and checked before anything is appended; then what can be appended is, in order, and
 * the rest is written to the rejects file. Memory is bounded whatever the size of the files, but for some 20 bytes a row
 * where a mapping makes ids by `{$row}`.
 */
export const importFiles =
  (options: ImportOptions): TaskEither<ImportFailure, ImportReport> =>
  async () => {
    const run = startRun(options)
    try {
      return right(await runImport(run))
    } catch (error) {
      const failure = failureOf(error, reportOf(run, null))
      if (failure === undefined) throw error
      return left(failure)
    } finally {
      await run.facts.close()
      await run.rejects.close()
    }
  }

async function runImport(run: Run): Promise<ImportReport> {
  const { options, counts, facts, rejects } = run
  const files = await openAll(options)
  const reading = await readFiles(run, files)
  const at = (phase: 'sorting' | 'appending', events: number): ImportProgress => ({
    phase,
    ...bytesOf(files),
    events,
    eventsTotal: counts.read - counts.rejected,
  })
  checkpoint(run, at('sorting', 0))
  const sorted = await facts.finish()
  if (reading.anyBehind && !options.acceptLate) {
    await refuseLate(run, sorted, reading, () => checkpoint(run, at('sorting', 0)))
  }
  await appendAll(run, sorted, (events) => checkpoint(run, at('appending', events)))
  if (counts.rejected + counts.conflict === 0) return reportOf(run, null)
  await writeRejects(options.rejectsPath, await rejects.finish())
  return reportOf(run, options.rejectsPath)
}

async function openAll({ files, maps = [], rejectsPath }: ImportOptions): Promise<readonly FileToImport[]> {
  const problem = await unwritable(rejectsPath)
  if (problem !== undefined) throw unusable([problem])
  return openFiles(files, await readMappings(maps))
}

async function refuseLate(
  run: Run,
  facts: Sorted<Fact>,
  { publications }: Reading,
  onBatch: () => void,
): Promise<void> {
  const { programs, store, now, tmpDir, files, memoryBytes = defaultMemoryBytes } = run.options
  const late = await findBeyondHorizon(facts, publications, {
    ...{ programs, store, now, tmpDir, onBatch },
    budgetBytes: memoryBytes / 4,
  })
  if (late.count > 0) throw new ImportStop({ tag: 'beyond-horizon', message: lateMessage(late, files), ...late })
}

async function appendAll(run: Run, facts: Sorted<Fact>, onBatch: (events: number) => void): Promise<void> {
  const { options, counts, rejects } = run
  let done = 0
  for await (const batch of facts.scan(options.batchSize ?? defaultBatchSize)) {
    onBatch(done)
    const answer = await options.admission.record(batch.map(({ event }) => event))()
    if (isLeft(answer)) {
      const message = `${answer.left.message} Run the same import again to complete it.`
      throw new ImportStop({ tag: 'store', message, failure: answer.left, report: reportOf(run, null) })
    }
    for (const [index, outcome] of answer.right.entries()) {
      counts[outcome.outcome]++
      if (outcome.outcome === 'appended' || outcome.outcome === 'duplicate') continue
      // There is one outcome for each event.
      const { seq, file, line, input } = batch[index] as Fact
      await rejects.add(rejectOf(seq, { file: options.files[file] as string, line, input }, outcome))
    }
    done += batch.length
  }
  onBatch(done)
}

function failureOf(error: unknown, report: ImportReport): ImportFailure | undefined {
  if (error instanceof ImportStop) return error.failure
  if (error instanceof UnreadableFile) return { tag: 'unusable', message: error.message, problems: [error.message] }
  if (error instanceof KeysUnusable) return { tag: 'unusable', message: error.message, problems: [error.message] }
  if (error instanceof SpoolError) return { tag: 'unwritable', message: error.message, report }
  if (error instanceof StoreError) return { tag: 'store', message: error.message, failure: error.failure, report }
  return undefined
}

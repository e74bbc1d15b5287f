import type { Debtor, InstructRejection } from '@vouch/domain'
import { type Either, isLeft, right } from 'fp-ts/lib/Either.js'
import type { Engine } from '../engine.ts'
import type { AskingKey } from './append-decided.ts'
import { instructionsCsv } from './csv.ts'
import { instructPayout } from './instruct.ts'
import { instructionsXml } from './pain001.ts'
import { changePayout, type Refused } from './payouts.ts'

/** What instructions are written in; CSV names neither debtor nor day. */
export type ExportRequest =
  | { readonly batchId: string; readonly format: 'csv' }
  | {
      readonly batchId: string
      readonly format: 'pain.001'
      readonly debtor?: Debtor | undefined
      readonly executeOn?: string | undefined
    }

/**
 * The payment instructions of a batch, the same text each time; the first time the log has it that they went out before there
 * is a text: what may have been paid can never be taken for what was not.
 */
export async function exportPayout(
  engine: Engine,
  request: ExportRequest,
  signal: AbortSignal,
  key?: AskingKey,
): Promise<Either<Refused | InstructRejection, string>> {
  if (request.format === 'csv') {
    const submitted = await changePayout(engine, { tag: 'submit', ...request }, signal, key)
    return isLeft(submitted) ? submitted : right(instructionsCsv(submitted.right.batch))
  }
  const done = await instructPayout(engine, request, signal, key)
  if (isLeft(done)) return done
  const { batch, instructed, accounts } = done.right
  return right(instructionsXml(batch, instructed, accounts))
}

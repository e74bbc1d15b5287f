import type { EventOf, VouchEvent } from '../events/types.ts'
import type { ReconciliationClass } from '../reconciliation/reconcile.ts'
import { timestamp } from '../timestamp.ts'
import type { ResolutionWay } from './ways.ts'

export const resolvedType = 'vouch.discrepancy.resolved.v1'
export type ResolvedEvent = EventOf<typeof resolvedType>
export const isResolvedEvent = (event: VouchEvent): event is ResolvedEvent => event.type === resolvedType

/** Whether a line of this class is a line of a statement alone, and no instruction's. */
export const isAlone = (of: ReconciliationClass): of is 'unexpected' | 'duplicate' =>
  of === 'unexpected' || of === 'duplicate'

/** What somebody decided of a discrepancy, as it is looked at afterwards. */
export interface Resolution {
  readonly reference: string
  /** As it stood. */
  readonly class: ReconciliationClass
  readonly as: ResolutionWay
  readonly by: string
  readonly reason: string
  /** The UTC day on which it was decided. */
  readonly on: string
  readonly rate?: string | undefined
  readonly provider?: string | undefined
  /** Ids of the lines of statements that it is about. */
  readonly lineIds: readonly string[]
  /** The line of a payout whose beneficiary is meant. */
  readonly about?: { readonly batchId: string; readonly reference: string } | undefined
}

export const resolutionOf = ({ time, data }: ResolvedEvent): Resolution => {
  const { reference, class: of, resolution, by, reason, rate, provider, lines, about } = data
  const on = timestamp(time).slice(0, 10)
  return {
    reference,
    class: of,
    as: resolution,
    by,
    reason,
    on,
    rate,
    provider,
    lineIds: lines.map(({ id }) => id),
    about,
  }
}

/** What is resolved now, to be asked for each line of a reconciliation. */
export interface Resolutions {
  /** Of an instruction of which exactly these lines speak. */
  ofInstruction(reference: string, lineIds: readonly string[]): Resolution | undefined
  /** The last of an instruction, whatever was said of it by then. */
  lastOf(reference: string): Resolution | undefined
  /** Of a line of a statement by itself. */
  ofLine(lineId: string): Resolution | undefined
}

const keyOf = (reference: string, lineIds: readonly string[]): string =>
  JSON.stringify([reference, ...[...lineIds].sort()])

/** @param resolutions in the order of the log: a later one takes the place of one before */
export function resolutionsOf(resolutions: readonly Resolution[]): Resolutions {
  const instructions = new Map<string, Resolution>()
  const last = new Map<string, Resolution>()
  const alone = new Map<string, Resolution>()
  for (const resolution of resolutions) {
    const { reference, lineIds } = resolution
    if (isAlone(resolution.class)) for (const id of lineIds) alone.set(id, resolution)
    else {
      instructions.set(keyOf(reference, lineIds), resolution)
      last.set(reference, resolution)
      // What was decided of its lines by themselves is taken back by it.
      for (const id of lineIds) alone.delete(id)
    }
  }
  return {
    ofInstruction: (reference, lineIds) => instructions.get(keyOf(reference, lineIds)),
    lastOf: (reference) => last.get(reference),
    ofLine: (lineId) => alone.get(lineId),
  }
}

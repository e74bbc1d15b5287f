import {
  countsOf,
  formatMinor,
  type Judged,
  type Receivers,
  type ReconciliationClass,
  type Resolution,
  type ResolutionWay,
  waysOf,
} from '@vouch/domain'

/** A line of the reconciliation as it is printed; what there is none of is null. */
export interface ReconciliationLine {
  readonly batchId: string | null
  readonly reference: string
  readonly beneficiaryId: string | null
  /** What the instruction pays. */
  readonly expected: string | null
  /** What the statement names: what differs, if anything does. */
  readonly actual: string | null
  readonly currency: string
  readonly class: ReconciliationClass
  /** Of what the statement names. */
  readonly actualCurrency: string | null
  readonly date: string | null
  readonly statementId: string | null
  readonly lineId: string | null
  /** Ids of the lines of statements in it, for `--line`. */
  readonly lines: readonly string[]
  readonly needsPerson: boolean
  /** In which ways somebody can resolve it; none where it needs nobody. */
  readonly resolutions: readonly ResolutionWay[]
  /** How somebody has resolved it, as it now is. */
  readonly resolution: ResolutionJson | null
}

export interface ResolutionJson {
  readonly as: ResolutionWay
  readonly by: string
  readonly reason: string
  /** The day of the decision. */
  readonly on: string
  readonly rate: string | null
}

export function reconciliationJson(judged: readonly Judged[], receivers: Receivers) {
  return { lines: judged.map((it) => lineJson(it, receivers)), totals: countsOf(judged) }
}

/** How many lines somebody has to look at, in all and of each class. */
export function needingPerson(judged: readonly Judged[]) {
  const needing = judged.filter((it) => it.needsPerson)
  return { count: needing.length, classes: countsOf(needing) }
}

export function lineJson(it: Judged, receivers: Receivers): ReconciliationLine {
  const { class: of, reference, instruction, said, needsPerson, resolution } = it
  const isInstruction = instruction !== undefined && of !== 'duplicate'
  const differing = isInstruction
    ? (said.find(({ currency }) => currency !== instruction.currency) ??
      said.find(({ amountMinor }) => amountMinor !== instruction.amountMinor))
    : undefined
  const line = differing ?? said.at(-1)
  return {
    batchId: instruction?.batchId ?? null,
    reference,
    beneficiaryId: instruction?.beneficiaryId ?? line?.beneficiaryId ?? null,
    expected: isInstruction ? formatMinor(instruction.amountMinor, instruction.currency) : null,
    actual: line === undefined ? null : formatMinor(line.amountMinor, line.currency),
    currency: isInstruction ? instruction.currency : (line?.currency ?? ''),
    class: of,
    actualCurrency: line?.currency ?? null,
    date: line?.date ?? null,
    statementId: line?.statementId ?? null,
    lineId: line?.lineId ?? null,
    lines: said.map(({ id }) => id),
    needsPerson,
    resolutions: needsPerson ? waysOf(it, receivers) : [],
    resolution: resolution === undefined ? null : resolutionJson(resolution),
  }
}

const resolutionJson = ({ as, by, reason, on, rate }: Resolution): ResolutionJson => ({
  as,
  by,
  reason,
  on,
  rate: rate ?? null,
})

import { countsOf, formatMinor, needsPerson, type Reconciled, type ReconciliationClass } from '@vouch/domain'

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
}

export function reconciliationJson(reconciled: readonly Reconciled[]) {
  return { lines: reconciled.map(lineJson), totals: countsOf(reconciled) }
}

/** How many lines somebody has to look at, in all and of each class. */
export function needingPerson(reconciled: readonly Reconciled[]) {
  const needing = reconciled.filter((it) => needsPerson(it.class))
  return { count: needing.length, classes: countsOf(needing) }
}

function lineJson({ class: of, reference, instruction, said }: Reconciled): ReconciliationLine {
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
  }
}

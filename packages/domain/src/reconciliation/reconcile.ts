import { compareText } from '../order.ts'
import type { LineOutcome } from '../payouts/batch.ts'
import type { Resolutions } from '../resolutions/resolution.ts'
import type { LineStanding } from '../resolutions/standing.ts'
import { type StatementLine, type StatementStatus, statementStatuses } from './statement-line.ts'

/** A line of a batch whose payment instructions are out. */
export interface Instruction {
  readonly batchId: string
  readonly programId: string
  readonly reference: string
  readonly beneficiaryId: string
  readonly amountMinor: bigint
  readonly currency: string
  /** What the books have of it, by statements. */
  readonly outcome?: LineOutcome | undefined
  /** Where its money is; undefined while it is in transit. */
  readonly standing?: LineStanding | undefined
}

/** What an instruction, or a line of a statement, comes to. */
export const reconciliationClasses = [
  'settled',
  'failed',
  'returned',
  /** No statement names the batch yet. */
  'awaiting',
  /** A statement names others of the batch. */
  'missing',
  'unexpected',
  'duplicate',
  'currency-differs',
  'amount-differs',
] as const
export type ReconciliationClass = (typeof reconciliationClasses)[number]

const settledByItself: ReadonlySet<ReconciliationClass> = new Set(['settled', 'failed', 'returned', 'awaiting'])

/** Whether somebody has to look: statement and instruction are not of one mind. What failed or came back is payable again by itself. */
export const needsPerson = (of: ReconciliationClass): boolean => !settledByItself.has(of)

/** An instruction with what is said of it, an instruction of which nothing is said, or a line of a statement alone. */
export interface Reconciled {
  readonly class: ReconciliationClass
  readonly reference: string
  /** Undefined for a line that matches none. */
  readonly instruction?: Instruction | undefined
  /** What is said of it, in the order in which it happened: a second one is the return of what was settled. */
  readonly said: readonly StatementLine[]
}

/**
 * Puts each instruction and each line of a statement into exactly one class. What comes of it does not depend on the order of
 * the lines. A line matches the instruction whose reference it has, unless it names somebody else. Of several, that which agrees in
 * currency and amount is the one, else the first by status, day and id; one more may say that what was settled came back; all others
 * are duplicates.
 * @param instructions in the order in which they are to be answered
 */
export function reconcile(instructions: readonly Instruction[], lines: readonly StatementLine[]): Reconciled[] {
  const known = new Map(instructions.map((instruction) => [instruction.reference, instruction]))
  const named = new Set<string>()
  const matching = new Map<string, StatementLine[]>()
  const unexpected: StatementLine[] = []
  for (const line of lines) {
    const instruction = known.get(line.reference)
    if (instruction !== undefined) named.add(instruction.batchId)
    if (instruction === undefined || isOfAnother(line, instruction)) unexpected.push(line)
    else {
      const own = matching.get(line.reference)
      if (own === undefined) matching.set(line.reference, [line])
      else own.push(line)
    }
  }
  const matched = instructions.flatMap((instruction) =>
    ofInstruction(instruction, matching.get(instruction.reference) ?? [], named.has(instruction.batchId)),
  )
  const alone = unexpected
    .sort((a, b) => compareText(a.date, b.date) || compareText(a.reference, b.reference) || compareText(a.id, b.id))
    .map((line): Reconciled => ({ class: 'unexpected', reference: line.reference, said: [line] }))
  return [...matched, ...alone]
}

const isOfAnother = ({ beneficiaryId }: StatementLine, instruction: Instruction): boolean =>
  beneficiaryId !== undefined && beneficiaryId !== instruction.beneficiaryId

function ofInstruction(instruction: Instruction, lines: StatementLine[], isNamed: boolean): Reconciled[] {
  const { reference } = instruction
  const [first, ...others] = lines.sort(inOrder(instruction))
  if (first === undefined) return [{ class: isNamed ? 'missing' : 'awaiting', reference, instruction, said: [] }]
  const back = first.status === 'settled' ? others.find(({ status }) => status === 'returned') : undefined
  const said = back === undefined ? [first] : [first, back]
  return [
    { class: classOf(instruction, said), reference, instruction, said },
    ...others
      .filter((line) => line !== back)
      .map((line): Reconciled => ({ class: 'duplicate', reference, instruction, said: [line] })),
  ]
}

/** In order of precedence. */
function classOf(instruction: Instruction, said: readonly StatementLine[]): ReconciliationClass {
  if (said.some(({ currency }) => currency !== instruction.currency)) return 'currency-differs'
  if (said.some(({ amountMinor }) => amountMinor !== instruction.amountMinor)) return 'amount-differs'
  return said.at(-1)?.status ?? 'awaiting'
}

/** Whether a line says of an instruction what was instructed. */
export const agrees = ({ amountMinor, currency }: StatementLine, instruction: Instruction): boolean =>
  currency === instruction.currency && amountMinor === instruction.amountMinor

const inOrder =
  (instruction: Instruction) =>
  (one: StatementLine, other: StatementLine): number =>
    Number(agrees(other, instruction)) - Number(agrees(one, instruction)) ||
    statementStatuses.indexOf(one.status) - statementStatuses.indexOf(other.status) ||
    compareText(one.date, other.date) ||
    compareText(one.id, other.id)

/**
 * Which lines of statements are to be booked: those that say what became of an instruction, up to the first that does not
 * agree with it, and that the books do not have yet. What somebody has decided on is left to people.
 */
export function bookable(
  { class: of, reference, instruction, said }: Reconciled,
  resolutions?: Pick<Resolutions, 'lastOf' | 'ofLine'>,
): readonly StatementLine[] {
  if (instruction === undefined || of === 'duplicate' || resolutions?.lastOf(reference) !== undefined) return []
  if (said.some(({ id }) => resolutions?.ofLine(id) !== undefined)) return []
  const end = said.findIndex((line) => !agrees(line, instruction))
  return (end === -1 ? said : said.slice(0, end)).filter(({ status }) => isNews(status, instruction.outcome))
}

/** What was paid can still come back. */
const isNews = (status: StatementStatus, before: LineOutcome | undefined): boolean =>
  before === undefined || (before === 'settled' && status === 'returned')

/** How many there are of each class; classes of which there is none are left out. */
export function countsOf(reconciled: readonly Reconciled[]): Partial<Record<ReconciliationClass, number>> {
  const counts: Partial<Record<ReconciliationClass, number>> = {}
  for (const of of reconciliationClasses) {
    const count = reconciled.filter((line) => line.class === of).length
    if (count > 0) counts[of] = count
  }
  return counts
}

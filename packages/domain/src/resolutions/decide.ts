import { type Either, left, right } from 'fp-ts/lib/Either.js'
import { v5 as uuid } from 'uuid'
import { isRate } from '../events/fields.ts'
import type { DataOf } from '../events/types.ts'
import { accountPart } from '../ledger/accounts.ts'
import { formatMinor } from '../money.ts'
import { nobodysProgram, type StatementLine } from '../reconciliation/statement-line.ts'
import type { Judged } from './judge.ts'
import type { Receivers } from './receivers.ts'
import { isAlone, type Resolution, type Resolutions, type resolvedType } from './resolution.ts'
import { moved } from './standing.ts'
import { type ResolutionWay, resolutionWays } from './ways.ts'

export interface ResolveDiscrepancy {
  readonly reference: string
  readonly as: ResolutionWay
  readonly by: string
  readonly reason: string
  /** A line of a statement by its id, or 'instruction'; needed where several need a person. */
  readonly line?: string | undefined
  readonly batchId?: string | undefined
  readonly rate?: string | undefined
  readonly provider?: string | undefined
  /** Takes back what was resolved before. */
  readonly correct?: boolean | undefined
}

/** What a resolution is decided on. */
export interface Discrepancies {
  /** All lines of the reconciliation. */
  readonly judged: readonly Judged[]
  readonly resolutions: Resolutions
  readonly receivers: Receivers
  /** How many resolutions the program's stream has. */
  readonly count: number
}

/** Why a discrepancy is not resolved; `says` is a sentence for people. */
export interface ResolutionRejection {
  readonly tag:
    | 'unknown-reference'
    | 'unknown-line'
    | 'several-lines'
    | 'nothing-open'
    | 'instruction-first'
    | 'no-sense'
    | 'rate'
    | 'provider'
  readonly says: string
}

export interface DecidedResolution {
  readonly type: typeof resolvedType
  readonly id: string
  readonly data: DataOf<typeof resolvedType>
}

type Decision = Either<ResolutionRejection, readonly DecidedResolution[]>

const no = (tag: ResolutionRejection['tag'], says: string) => left({ tag, says })

/**
 * What somebody's word on a discrepancy leads to: an event, none at all where the same was decided before, or why it is refused.
 * Rejections in order of precedence: unknown-reference, unknown-line, several-lines, nothing-open, instruction-first, no-sense, rate,
 * provider.
 */
export function decideResolution(command: ResolveDiscrepancy, known: Discrepancies): Decision {
  const chosen = choose(command, known)
  if (chosen._tag === 'Left') return chosen
  const it = chosen.right
  const { as, by, reason, reference } = command
  const { receivers, resolutions } = known
  if (it.resolution !== undefined && isSame(it.resolution, command)) return right([])
  const refused = refusal(it, command, known)
  if (refused !== undefined) return refused
  const provider = isPaidByWord(it, as) ? (command.provider ?? onlyProvider(it, known)) : undefined
  if (isPaidByWord(it, as) && provider === undefined)
    return no(
      'provider',
      `Statements of several providers name batch ${it.instruction?.batchId}; say with --provider which of them paid ${reference}.`,
    )
  const own = receivers.byReference(reference)
  const programId = own?.programId ?? nobodysProgram
  const about = isAlone(it.class) ? receivers.paidBy(it.said[0] as StatementLine) : undefined
  const data: DataOf<typeof resolvedType> = {
    programId,
    ...(own === undefined ? {} : { batchId: own.batchId }),
    reference,
    class: it.class,
    resolution: as,
    by,
    reason,
    ...(command.rate === undefined ? {} : { rate: command.rate }),
    ...(provider === undefined ? {} : { provider }),
    lines: it.said.map((line) => lineJson(line, resolutions)),
    ...(about === undefined ? {} : { about: { batchId: about.batchId, reference: about.reference } }),
  }
  return right([{ type: 'vouch.discrepancy.resolved.v1', id: nameOf(programId, known.count + 1), data }])
}

/** In which ways a line can be resolved; none if it needs nobody. */
export function waysOf(it: Judged, receivers: Receivers): readonly ResolutionWay[] {
  return resolutionWays.filter((as) => senseless(it, as, receivers) === undefined)
}

function choose(
  { reference, line, batchId, correct, ...command }: ResolveDiscrepancy,
  { judged, receivers }: Discrepancies,
): Either<ResolutionRejection, Judged> {
  const own = judged.filter((it) => it.reference === reference)
  const isOfBatch = batchId === undefined || receivers.byReference(reference)?.batchId === batchId
  if (own.length === 0 || !isOfBatch) {
    const where = batchId === undefined ? '' : ` in batch ${batchId}`
    return no(
      'unknown-reference',
      `No instruction and no line of a statement has the reference ${reference}${where}; vouch reconcile lists those there are.`,
    )
  }
  const named = line === undefined ? own : own.filter((it) => isNamed(it, line))
  if (named.length === 0) return no('unknown-line', `${reference} has no line ${line}; it has ${listed(own)}.`)
  const open = named.filter((it) => it.needsPerson)
  const resolved = named.filter((it) => it.resolution !== undefined)
  const eligible = open.length > 0 ? open : resolved
  if (eligible.length > 1)
    return no(
      'several-lines',
      `Several lines of ${reference} ${open.length > 0 ? 'need a person' : 'were resolved'}; name one with --line: ${listed(eligible)}.`,
    )
  const [it] = eligible
  if (it === undefined)
    return no(
      'nothing-open',
      `Nothing of ${reference} needs a person: ${named.map((one) => `it is ${one.class}`).join(', ')}.`,
    )
  if (it.resolution !== undefined && !correct && !isSame(it.resolution, { reference, ...command })) {
    const { as, by, on } = it.resolution
    return no(
      'nothing-open',
      `${reference} was resolved by ${by} on ${on}: ${as}. To take that back and decide otherwise, add --correct.`,
    )
  }
  return right(it)
}

const isNamed = (it: Judged, line: string): boolean =>
  line === 'instruction' ? !isAlone(it.class) : it.said.some(({ id }) => id === line)

const listed = (lines: readonly Judged[]): string =>
  lines
    .map((it) => {
      const [said] = it.said.slice(-1)
      const name = isAlone(it.class) ? said?.id : 'instruction'
      const what =
        said === undefined
          ? ''
          : `, ${said.status} ${formatMinor(said.amountMinor, said.currency)} ${said.currency} on ${said.date}`
      return `${name} (${it.class}${what})`
    })
    .join(', ')

/** Who decides is not compared: the word of a second one for the same thing changes nothing. */
const isSame = (
  one: Resolution,
  { as, rate, provider }: Pick<ResolveDiscrepancy, 'as' | 'rate' | 'provider' | 'reference' | 'by' | 'reason'>,
): boolean => one.as === as && one.rate === rate && (provider === undefined || one.provider === provider)

function refusal(it: Judged, { as, rate, provider, reference }: ResolveDiscrepancy, known: Discrepancies) {
  if (isAlone(it.class)) {
    const first = known.judged.find((one) => one.reference === reference && !isAlone(one.class) && one.needsPerson)
    if (it.class === 'duplicate' && first !== undefined)
      return no(
        'instruction-first',
        `The instruction ${reference} itself needs a person (${first.class}): resolve it first, with --line instruction.`,
      )
  }
  const why = senseless(it, as, known.receivers)
  if (why !== undefined) {
    const ways = waysOf(it, known.receivers)
    return no('no-sense', `${reference} is ${it.class}, and ${why}; it can be resolved as ${ways.join(', ')}.`)
  }
  const wrongRate = rateProblem(it, as, rate)
  if (wrongRate !== undefined) return no('rate', wrongRate)
  if (provider !== undefined && !isPaidByWord(it, as))
    return no(
      'provider',
      'A provider is named where no statement says who paid: for accept of what is missing. Leave --provider out.',
    )
  return undefined
}

/** Why a way makes no sense for a line; undefined if it does. */
function senseless(it: Judged, as: ResolutionWay, receivers: Receivers): string | undefined {
  return isAlone(it.class) ? senselessAlone(it, as, receivers) : senselessInstruction(it, as)
}

function senselessAlone({ said: [line] }: Judged, as: ResolutionWay, receivers: Receivers): string | undefined {
  if (as === 'disregard') return undefined
  if (as === 'retry') return 'nothing was instructed by it that could be paid again'
  const movesNothing = line === undefined || line.status === 'failed'
  if (as === 'write-off') return movesNothing ? 'no money moved, so there is nothing to write off' : undefined
  if (movesNothing || receivers.paidBy(line) !== undefined) return undefined
  return 'it is not known who got the money, so nobody can owe it'
}

function senselessInstruction({ class: of, instruction, said }: Judged, as: ResolutionWay): string | undefined {
  if (as === 'disregard') return 'what was instructed cannot be disregarded'
  if (of === 'missing' || of === 'awaiting' || instruction === undefined) return undefined
  const isPaid = said.at(-1)?.status === 'settled'
  if (as === 'retry' && isPaid) return 'it was paid: accept leaves what is open to the next batch'
  if (as === 'write-off' && of === 'settled') return 'it was paid as instructed, so nothing is open'
  return undefined
}

/** Missing, and somebody says that it was paid. */
const isPaidByWord = (it: Judged, as: ResolutionWay): boolean =>
  as === 'accept' && !isAlone(it.class) && it.said.length === 0

function onlyProvider({ instruction }: Judged, { judged, receivers }: Discrepancies): string | undefined {
  const own = judged.filter((it) => receivers.byReference(it.reference)?.batchId === instruction?.batchId)
  const providers = new Set(own.flatMap((it) => it.said.map(({ provider }) => provider)))
  return providers.size === 1 ? [...providers][0] : undefined
}

function rateProblem(
  { class: of, instruction, said }: Judged,
  as: ResolutionWay,
  rate: string | undefined,
): string | undefined {
  const foreign =
    instruction === undefined || isAlone(of) || as === 'retry'
      ? []
      : [...new Set(moved(said).map(({ currency }) => currency))].filter((it) => it !== instruction.currency)
  if (foreign.length === 0) return rate === undefined ? undefined : 'Nothing is converted by it, so leave --rate out.'
  const own = instruction?.currency
  if (foreign.length > 1)
    return `It was paid in ${foreign.join(' and ')}, which one rate does not convert into ${own}; retry makes it payable again.`
  if (rate === undefined)
    return `It was paid in ${foreign[0]} and is due in ${own}: name with --rate how much ${own} one ${foreign[0]} is, such as 1.0834.`
  return isRate(rate)
    ? undefined
    : `${rate} is no rate: write a decimal above zero without zeros at its ends, with at most 12 digits on either side of the point, such as 1.0834.`
}

function lineJson(line: StatementLine, resolutions: Resolutions): DataOf<typeof resolvedType>['lines'][number] {
  const { id, provider, amountMinor, currency, status, date } = line
  const before = resolutions.ofLine(id)
  const amount = { value: formatMinor(amountMinor, currency), currency }
  if (before === undefined) return { id, provider, amount, status, date }
  const { as, about } = before
  return { id, provider, amount, status, date, before: { resolution: as, ...(about === undefined ? {} : { about }) } }
}

const namespace = 'b1c7f9a4-2d7e-4c1b-9a55-0e5d9c1f7a32'

/** The resolutions of a program are numbered. A program whose id is long or strange gives them a name made of it. */
function nameOf(programId: string, number: number): string {
  const name = accountPart(programId)
  return `resolved/${name.length <= 100 ? name : uuid(programId, namespace)}/${number}`
}

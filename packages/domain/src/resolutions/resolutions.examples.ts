import { decidedStanding } from '../payouts/batch.ts'
import type { PayoutLine } from '../payouts/lines.ts'
import { bookable, type Instruction, reconcile } from '../reconciliation/reconcile.ts'
import type { StatementLine } from '../reconciliation/statement-line.ts'
import { type DecidedResolution, decideResolution, type ResolveDiscrepancy } from './decide.ts'
import { type Judged, judge } from './judge.ts'
import { receiversOf } from './receivers.ts'
import { type ResolvedEvent, resolutionOf, resolutionsOf } from './resolution.ts'
import { afterReport, type LineStanding } from './standing.ts'

/** Words for specs of resolutions. */

export const noon = Date.parse('2026-07-01T12:00:00Z')

export const lineOf = ({ reference, beneficiaryId, amountMinor, currency }: Instruction): PayoutLine => ({
  reference,
  kind: 'advocate',
  beneficiaryId,
  amountMinor,
  currency,
  parts: [{ role: 'advocate', amountMinor }],
})

/** Instructions, statements and people, without a log: what agrees is booked, and the rest is resolved. */
export class Table {
  readonly standings = new Map<string, LineStanding>()
  readonly resolved: ResolvedEvent[] = []
  readonly #instructions: readonly Instruction[]
  #lines: readonly StatementLine[] = []

  constructor(instructions: readonly Instruction[]) {
    this.#instructions = instructions
  }

  /** @param lines all that there are by now */
  say(lines: readonly StatementLine[]): void {
    this.#lines = lines
    for (const it of this.judged) {
      for (const { status, provider } of bookable(it, this.resolutions)) {
        const { instruction } = it
        if (instruction === undefined) continue
        const before = this.standings.get(it.reference)
        this.standings.set(it.reference, afterReport(before, status, provider, instruction))
      }
    }
  }

  get resolutions() {
    return resolutionsOf(this.resolved.map(resolutionOf))
  }

  get receivers() {
    return receiversOf(this.#instructions.map((it) => ({ ...it, kind: 'advocate' })))
  }

  get judged(): readonly Judged[] {
    const instructions = this.#instructions.map((it) => {
      const standing = this.standings.get(it.reference)
      const { as, paid = [] } = standing ?? {}
      const outcome = standing === undefined ? undefined : paid.length === 1 && as === 'accept' ? 'settled' : 'returned'
      return { ...it, standing, outcome } as const
    })
    return judge(reconcile(instructions, this.#lines), this.resolutions)
  }

  decide(command: Partial<ResolveDiscrepancy> & Pick<ResolveDiscrepancy, 'reference' | 'as'>) {
    const { judged, resolutions, receivers } = this
    const word = { by: 'hal', reason: 'asked', ...command }
    return decideResolution(word, { judged, resolutions, receivers, count: this.resolved.length })
  }

  /** What the answer to a word is: the tag of the rejection, or what is resolved as what. */
  resolve(command: Partial<ResolveDiscrepancy> & Pick<ResolveDiscrepancy, 'reference' | 'as'>): string {
    const decision = this.decide(command)
    if (decision._tag === 'Left') return decision.left.tag
    for (const decided of decision.right) this.#take(decided)
    const [decided] = decision.right
    return decided === undefined ? 'done' : `${decided.data.class} ${decided.data.resolution}`
  }

  #take(decided: DecidedResolution): void {
    const event = { ...decided, source: 'vouch/payouts', time: noon } as ResolvedEvent
    this.resolved.push(event)
    const { class: of, reference } = event.data
    const instruction = this.#instructions.find((it) => it.reference === reference)
    if (instruction !== undefined && of !== 'unexpected' && of !== 'duplicate')
      this.standings.set(reference, decidedStanding(event.data, instruction))
  }
}

import {
  formatMinor,
  type Instruction,
  type Judged,
  type ResolutionWay,
  resolutionWays,
  type StatedLine,
} from '@vouch/domain'
import fc from 'fast-check'
import { Desk, statements } from './desk.ts'

/** Which of the open lines somebody takes up, and how; the first way that makes sense from there on is taken. */
interface Choice {
  readonly which: number
  readonly way: number
  readonly rate: string
  readonly correct: boolean
}

const choice = fc.record({
  which: fc.nat(20),
  way: fc.nat(resolutionWays.length - 1),
  rate: fc.constantFrom('0.9', '1.0834', '155.5', '0.005'),
  correct: fc.boolean(),
})

const nameOf = (it: Judged): string =>
  it.class === 'unexpected' || it.class === 'duplicate' ? (it.said[0]?.id ?? '') : 'instruction'

/** Takes up one line; false where there is none. */
function takeUp(desk: Desk, { which, way, rate, correct }: Choice): boolean {
  const judged = desk.judged()
  const open = judged.filter((it) => it.needsPerson || (correct && it.resolution !== undefined))
  const it = open[which % open.length]
  if (it === undefined) return false
  for (let tries = 0; tries < resolutionWays.length; tries++) {
    const as = resolutionWays[(way + tries) % resolutionWays.length] as ResolutionWay
    for (const more of [{}, { rate }, { provider: 'bank' }]) {
      const answer = desk.resolve({ reference: it.reference, as, line: nameOf(it), correct, ...more })
      if (answer === 'instruction-first') return true
      if (answer === 'resolved' || answer === 'done') return true
    }
  }
  throw new Error(`${it.class} of ${it.reference} cannot be resolved`)
}

function resolveAll(desk: Desk, choices: readonly Choice[]): void {
  let count = 0
  while (desk.judged().some((it) => it.needsPerson)) {
    const next = choices[count % choices.length] ?? { which: 0, way: 0, rate: '1', correct: false }
    // Another one in each round, so that in the end each has had its turn.
    takeUp(desk, { ...next, which: next.which + Math.floor(count / choices.length), correct: false })
    if (++count > 200) throw new Error('there is no end to it')
  }
}

/** Statements in pieces, and what people make of them. */
export const stories = fc.tuple(statements, fc.array(choice, { minLength: 1, maxLength: 12 }))

/** Files that come one after the other, people who resolve some of it meanwhile, and all of it in the end. */
export function settled([{ files }, choices]: typeof stories extends fc.Arbitrary<infer T> ? T : never): Desk {
  const desk = new Desk()
  for (const [index, file] of files.entries()) {
    desk.import(file)
    for (const next of choices.slice(index * 3, index * 3 + 3)) takeUp(desk, next)
  }
  resolveAll(desk, choices)
  return desk
}

/** What chance seldom brings together: other accounts than at first, notices of nothing, and parts of what came back. */
export function awkward(): Desk {
  const desk = new Desk()
  const [ada, bea, cem, dan, eve] = ['ada', 'bea', 'cem', 'dan', 'eve'].map((name) => {
    const of = desk.instructions.find(({ beneficiaryId }) => beneficiaryId === name)
    if (of === undefined) throw new Error(`nothing is instructed for ${name}`)
    return of
  }) as [Instruction, Instruction, Instruction, Instruction, Instruction]
  let count = 0
  const say = (
    of: Instruction,
    status: StatedLine['status'],
    provider: string,
    day: string,
    amountMinor = of.amountMinor,
  ) => {
    const { reference, currency } = of
    const amount = { value: formatMinor(amountMinor, currency), currency }
    const ids = { statementId: 's', lineId: String(++count) }
    desk.import([{ provider, reference, amount, status, date: `2026-06-${day}`, ...ids }])
  }
  const accept = (of: Instruction) => {
    for (const it of desk.judged()) {
      if (it.reference !== of.reference || !it.needsPerson) continue
      if (desk.resolve({ reference: of.reference, as: 'accept', line: nameOf(it) }) !== 'resolved')
        throw new Error(`${it.class} of ${of.beneficiaryId} is not accepted`)
    }
  }
  say(ada, 'settled', 'bank', '02', 100n)
  accept(ada)
  say(ada, 'settled', 'other bank', '03')
  accept(ada)
  say(bea, 'settled', 'bank', '02')
  say(bea, 'returned', 'bank', '03', 100n)
  accept(bea)
  say(bea, 'returned', 'bank', '04', 200n)
  accept(bea)
  say(cem, 'settled', 'bank', '02', 0n)
  accept(cem)
  say(dan, 'settled', 'bank', '05')
  say(dan, 'returned', 'other bank', '06')
  say(dan, 'settled', 'other bank', '04')
  accept(dan)
  say(eve, 'failed', 'bank', '02')
  say(eve, 'returned', 'bank', '03')
  accept(eve)
  say(eve, 'settled', 'bank', '04')
  accept(eve)
  return desk
}

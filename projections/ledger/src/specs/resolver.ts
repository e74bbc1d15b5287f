import { type Judged, type ResolutionWay, resolutionWays } from '@vouch/domain'
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
    takeUp(desk, { ...next, which: next.which + count, correct: false })
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

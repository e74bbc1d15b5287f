import { compareOccurrence, type Occurrence } from '@vouch/domain'
import type { Program } from './program.ts'
import type { Fact } from './state.ts'
import { refOf, type TriggerRef } from './trigger.ts'

/** Of so many triggers names and times are held at once, or of twice as many while they are looked for. */
export const triggersHeld = 2 ** 16

/** A trigger, and where in the order of the contract it comes. */
export interface Trigger extends Occurrence {
  readonly ref: TriggerRef
}

export const triggerOf = ({ time, source, id }: Fact, ref: TriggerRef): Trigger => ({ time, source, id, ref })

/** Those under these names, in no order; undefined for one of which there is only a correction yet. */
export function* triggersNamed(program: Program, keys: Iterable<string>): Generator<Trigger | undefined> {
  for (const key of keys) {
    const ref = refOf(key)
    const fact = factOf(program, ref)
    yield fact && triggerOf(fact, ref)
  }
}

function factOf(program: Program, ref: TriggerRef): Fact | undefined {
  switch (ref.kind) {
    case 'conversion':
      return program.conversion(ref.id).fact
    case 'signup':
      return program.signup(ref.id)?.fact
    case 'click':
      return program.click(ref.source, ref.id)?.fact
    case 'share':
      return program.share(ref.source, ref.id)?.fact
  }
}

/**
 * Triggers in the order of the contract, however often they are asked for; with steps between them. Where there are more than
 * may be held, they are looked for again to find those that come next.
 * @param look gives them in no order, each once; undefined is a step to the next one
 */
export function inOrder(look: () => Iterable<Trigger | undefined>, held: number): () => Generator<Trigger | undefined> {
  let all: readonly Trigger[] | undefined
  return function* () {
    if (all) return yield* all
    let last: Trigger | undefined
    do {
      const { found, isRest } = yield* findNext(look(), last, held)
      if (isRest && last === undefined) all = found
      yield* found
      last = isRest ? undefined : found.at(-1)
    } while (last)
  }
}

/** Those that come next, at most so many, and whether these are all. */
function* findNext(
  looked: Iterable<Trigger | undefined>,
  after: Trigger | undefined,
  held: number,
): Generator<undefined, { readonly found: readonly Trigger[]; readonly isRest: boolean }> {
  const found: Trigger[] = []
  let isRest = true
  const keepFirst = () => {
    found.sort(compareOccurrence)
    if (found.length <= held) return
    found.length = held
    isRest = false
  }
  for (const trigger of looked) {
    yield
    if (trigger === undefined || (after && compareOccurrence(trigger, after) <= 0)) continue
    found.push(trigger)
    if (found.length >= 2 * held) keepFirst()
  }
  keepFirst()
  return { found, isRest }
}

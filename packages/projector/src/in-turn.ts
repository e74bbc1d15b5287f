import type { FoldState, LoggedEvent, Projection, Row } from './projection.ts'

type Folding = Pick<Projection, 'name' | 'follows' | 'fold' | 'foldInParts' | 'followParts'>

/** Runs a step of one projection, so that a failure can be told by its name. */
type Guard<P> = <T>(projection: P, logged: LoggedEvent, step: () => T) => T

/** The rows of each projection in their order. The list is valid until the next one is asked for. */
export type RowsInTurn = readonly (readonly Row[])[]

export interface InTurn {
  fold(logged: LoggedEvent): RowsInTurn
  /** The same rows part by part where a projection folds this event so; undefined for any other event. */
  foldInParts(logged: LoggedEvent): Iterable<RowsInTurn> | undefined
}

/**
 * Folds events with several projections, one after the other, and gives each the rows of the one that it follows.
 * @throws Error for a projection that follows one that does not come before it
 */
export function foldingInTurn<P extends Folding>(
  projections: readonly P[],
  stateOf: (projection: P) => FoldState,
  guard: Guard<P> = (_projection, _logged, step) => step(),
): InTurn {
  const turns = projections.map((projection, index) => ({
    projection,
    state: stateOf(projection),
    follows: placeOfFollowed(projections, index),
  }))
  type Turn = (typeof turns)[number]
  const made: (readonly Row[])[] = projections.map(() => [])
  const followed = ({ follows }: Turn) => (follows === undefined ? nothing : (made[follows] ?? nothing))

  function* inParts(leader: Turn, parts: Iterable<readonly Row[]>, logged: LoggedEvent): Generator<RowsInTurn> {
    const steps = turns.map((turn) => (turn === leader ? undefined : partsOf(turn, logged)))
    const iterator = parts[Symbol.iterator]()
    for (let first = true; ; first = false) {
      const part = guard(leader.projection, logged, () => iterator.next())
      if (part.done) return
      for (const [index, turn] of turns.entries()) {
        const { projection, follows } = turn
        const step = steps[index]
        if (step === undefined) made[index] = part.value
        else if (follows !== undefined || first) made[index] = guard(projection, logged, () => step(followed(turn)))
        else made[index] = nothing
      }
      yield made
    }
  }

  return {
    fold(logged) {
      let index = 0
      for (const turn of turns) {
        const { projection, state } = turn
        made[index++] = guard(projection, logged, () => projection.fold(state, logged, followed(turn)))
      }
      return made
    },
    foldInParts(logged) {
      for (const turn of turns) {
        const { projection, state } = turn
        const parts = projection.foldInParts && guard(projection, logged, () => projection.foldInParts?.(state, logged))
        if (parts) return inParts(turn, parts, logged)
      }
      return undefined
    },
  }
}

const nothing: readonly Row[] = []

/** How a projection folds an event of which another makes parts. */
function partsOf(
  { projection, state }: { readonly projection: Folding; readonly state: FoldState },
  logged: LoggedEvent,
): (followed: readonly Row[]) => readonly Row[] {
  return projection.followParts?.(state, logged) ?? ((followed) => projection.fold(state, logged, followed))
}

function placeOfFollowed(projections: readonly Folding[], index: number): number | undefined {
  const { name, follows } = projections[index] as Folding
  if (follows === undefined) return undefined
  const place = projections.slice(0, index).findIndex((other) => other.name === follows)
  if (place >= 0) return place
  throw new Error(`Projection "${name}" follows "${follows}", which must come before it.`)
}

import type { FoldState, LoggedEvent, Projection, Row } from './projection.ts'

type Folding = Pick<Projection, 'name' | 'follows' | 'fold'>

/** How one projection is asked for its rows. */
type Ask<P> = (projection: P, state: FoldState, logged: LoggedEvent, followed: readonly Row[]) => readonly Row[]

/**
 * Folds events with several projections, one after the other, and gives each the rows of the one that it follows.
 * @returns for an event, the rows of each projection in their order; the list is valid until the next event
 * @throws Error for a projection that follows one that does not come before it
 */
export function foldingInTurn<P extends Folding>(
  projections: readonly P[],
  stateOf: (projection: P) => FoldState,
  ask: Ask<P> = (projection, state, logged, followed) => projection.fold(state, logged, followed),
): (logged: LoggedEvent) => readonly (readonly Row[])[] {
  const turns = projections.map((projection, index) => ({
    projection,
    state: stateOf(projection),
    follows: placeOfFollowed(projections, index),
  }))
  const made: (readonly Row[])[] = projections.map(() => [])
  return (logged) => {
    let index = 0
    for (const { projection, state, follows } of turns) {
      const followed = follows === undefined ? nothing : (made[follows] ?? nothing)
      made[index++] = ask(projection, state, logged, followed)
    }
    return made
  }
}

const nothing: readonly Row[] = []

function placeOfFollowed(projections: readonly Folding[], index: number): number | undefined {
  const { name, follows } = projections[index] as Folding
  if (follows === undefined) return undefined
  const place = projections.slice(0, index).findIndex((other) => other.name === follows)
  if (place >= 0) return place
  throw new Error(`Projection "${name}" follows "${follows}", which must come before it.`)
}

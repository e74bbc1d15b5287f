/** A member of a group, and what it says of itself when it joins. */
export interface Candidate {
  readonly id: string
  /** Partitions that it has now. */
  readonly owned: readonly number[]
  /** Partitions that it has a state of, so that it would not have to fold them from their beginning. */
  readonly held: readonly number[]
}

/**
 * Deals partitions out: each to one member, all members as many as any other or one more; where that leaves a choice, to
 * the one that has it, then to one that has a state of it. The same members are dealt the same, in whatever order they stand.
 */
export function deal(partitions: number, candidates: readonly Candidate[]): ReadonlyMap<string, readonly number[]> {
  const members = candidates.toSorted((a, b) => (a.id < b.id ? -1 : 1))
  const dealt = new Map<string, number[]>(members.map(({ id }) => [id, []]))
  if (members.length === 0) return dealt
  const least = Math.floor(partitions / members.length)
  let larger = partitions % members.length
  const open = new Set(Array.from({ length: partitions }, (_, partition) => partition))

  const give = (id: string, partition: number): boolean => {
    const own = dealt.get(id) as number[]
    if (own.length > least || (own.length === least && larger === 0)) return false
    if (own.length === least) larger--
    own.push(partition)
    open.delete(partition)
    return true
  }
  for (const wish of ['owned', 'held'] as const) {
    for (const partition of [...open]) members.some((it) => it[wish].includes(partition) && give(it.id, partition))
  }
  for (const partition of [...open]) {
    const poorest = members.toSorted((a, b) => lengthOf(a) - lengthOf(b))
    poorest.some(({ id }) => give(id, partition))
  }
  for (const own of dealt.values()) own.sort((a, b) => a - b)
  return dealt

  function lengthOf({ id }: Candidate): number {
    return (dealt.get(id) as number[]).length
  }
}

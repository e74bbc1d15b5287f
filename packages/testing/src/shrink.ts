/**
 * The smallest log that delta debugging finds that still fails: chunks of events are left out, halves first, single events
 * last, until nothing more can go (Zeller, Hildebrandt: Simplifying and Isolating Failure-Inducing Input, 2002).
 * Positions and recorded times stay as they were.
 * @throws if the log given does not fail
 */
export function shrinkLog<E>(log: readonly E[], fails: (log: readonly E[]) => boolean): readonly E[] {
  if (!fails(log)) throw new Error('the log to shrink does not fail')
  let smallest = log
  let chunk = Math.ceil(log.length / 2)
  while (chunk >= 1) {
    const smaller = withoutSomeChunk(smallest, chunk, fails)
    if (smaller !== undefined) smallest = smaller
    else if (chunk === 1) break
    else chunk = Math.ceil(chunk / 2)
  }
  return smallest
}

function withoutSomeChunk<E>(
  log: readonly E[],
  chunk: number,
  fails: (log: readonly E[]) => boolean,
): readonly E[] | undefined {
  // From the end, because later events depend on earlier ones.
  for (let end = log.length; end > 0; end -= chunk) {
    const candidate = [...log.slice(0, Math.max(0, end - chunk)), ...log.slice(end)]
    if (fails(candidate)) return candidate
  }
  return undefined
}

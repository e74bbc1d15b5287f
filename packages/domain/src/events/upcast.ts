/** How `data` of one version of a type becomes `data` of the next. */
export interface UpcastStep {
  /** A stored type, e.g. vouch.click.v1 */
  readonly from: string
  /** The next version of the same type, e.g. vouch.click.v2 */
  readonly to: string
  readonly upcast: (data: unknown) => unknown
}

export interface Stored {
  readonly type: string
  readonly data: unknown
}

/** The steps from older stored versions to those of today. Every type is at its first version so far. */
const steps: readonly UpcastStep[] = []

const version = /^(.+)\.v([1-9]\d*)$/

/**
 * Makes the function that brings a stored event to the newest version of its type, one step at a time.
 * @throws Error when a step does not lead from a version to the next one of the same type, or two begin at the same
 */
export function makeUpcaster(steps: readonly UpcastStep[]): (stored: Stored) => Stored {
  const next = new Map<string, UpcastStep>()
  for (const step of steps) {
    const [, fromName, fromVersion] = version.exec(step.from) ?? []
    const [, toName, toVersion] = version.exec(step.to) ?? []
    if (fromName === undefined || fromName !== toName || Number(toVersion) !== Number(fromVersion) + 1) {
      throw new Error(
        `An upcast leads from a version to the next one of the same type, not from ${step.from} to ${step.to}.`,
      )
    }
    if (next.has(step.from)) throw new Error(`Two upcasts begin at ${step.from}; there must be one.`)
    next.set(step.from, step)
  }
  return (stored) => {
    let current = stored
    for (let step = next.get(current.type); step !== undefined; step = next.get(current.type)) {
      current = { type: step.to, data: step.upcast(current.data) }
    }
    return current
  }
}

export const upcast = makeUpcaster(steps)

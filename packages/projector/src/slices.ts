/**
 * Lets whatever else the process does have its turn: undefined as long as less than `sliceMs` have passed since the last
 * time, else a promise that resolves when the others have had it.
 */
export type Breathe = () => Promise<void> | undefined

/** Long work between two turns of the event loop keeps HTTP waiting for as long. */
export const defaultSliceMs = 12

/** @param now ms of a clock that only goes forward; for specs */
export function slices(sliceMs = defaultSliceMs, now: () => number = () => performance.now()): Breathe {
  let since = now()
  return () => {
    if (now() - since < sliceMs) return undefined
    return othersTurn().then(() => {
      since = now()
    })
  }
}

const othersTurn = () => new Promise<void>((resolve) => setImmediate(resolve))

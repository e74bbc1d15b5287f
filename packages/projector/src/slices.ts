/**
 * Lets whatever else the process does have its turn: undefined as long as less than `sliceMs` have passed since the last
 * time, else a promise that resolves when the others have had it.
 */
export type Breathe = () => Promise<void> | undefined

/** Long work between two turns of the event loop keeps HTTP waiting for as long. */
export const defaultSliceMs = 12

export interface SlicesOptions {
  readonly sliceMs?: number | undefined
  /** Calls back when the others have had their turn; by default with the next turn of the event loop. */
  readonly later?: ((next: () => void) => void) | undefined
  /** ms of a clock that only goes forward; for specs. */
  readonly now?: () => number
}

export function slices({
  sliceMs = defaultSliceMs,
  later = setImmediate,
  now = () => performance.now(),
}: SlicesOptions = {}): Breathe {
  let since = now()
  return () => {
    if (now() - since < sliceMs) return undefined
    return new Promise<void>((resolve) => later(resolve)).then(() => {
      since = now()
    })
  }
}

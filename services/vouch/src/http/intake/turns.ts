/** Deals out the process's time for work that waits for nothing: a sender's pieces in order, and the senders in turn. */
export interface Turns {
  /** Runs `piece` when its turn comes. */
  run<T>(sender: string, piece: () => T): Promise<Awaited<T>>
}

export interface TurnsOptions {
  /** Pieces are begun for so long, ms; then all else that the process does has its turn. */
  readonly sliceMs: number
  /** ms of a clock that only goes forward. */
  readonly now: () => number
  /** Calls back when all else has had its turn. */
  readonly later: (next: () => void) => void
}

export function createTurns({ sliceMs, now, later }: TurnsOptions): Turns {
  /** In the order in which their turns come. */
  const queues = new Map<string, (() => void)[]>()
  let isDue = false

  function next(): (() => void) | undefined {
    for (const [sender, pieces] of queues) {
      const piece = pieces.shift()
      // To the end, behind whoever else waits.
      queues.delete(sender)
      if (pieces.length > 0) queues.set(sender, pieces)
      return piece
    }
    return undefined
  }

  function slice(): void {
    isDue = false
    const end = now() + sliceMs
    do next()?.()
    while (queues.size > 0 && now() < end)
    if (queues.size > 0) schedule()
  }

  function schedule(): void {
    if (isDue) return
    isDue = true
    later(slice)
  }

  return {
    run: <T>(sender: string, piece: () => T) =>
      new Promise<Awaited<T>>((resolve, reject) => {
        const run = () => {
          try {
            resolve(piece() as Awaited<T>)
          } catch (error) {
            reject(error)
          }
        }
        const pieces = queues.get(sender)
        if (pieces) pieces.push(run)
        else queues.set(sender, [run])
        schedule()
      }),
  }
}

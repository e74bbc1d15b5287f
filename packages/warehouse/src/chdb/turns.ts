/**
 * Lets so many tasks run at once, the others in the order in which they came. A chDB call that waits for its connection
 * holds one of the few threads that all file work of the process shares, so waiting is done here.
 */
export interface Turns {
  /** Resolves when it is this one's turn; the function it gives ends the turn, and may be called again to no effect. */
  take(): Promise<() => void>
  readonly waiting: number
}

export function createTurns(places: number): Turns {
  let free = places
  const queue: (() => void)[] = []

  function release(): void {
    const next = queue.shift()
    if (next === undefined) free++
    else next()
  }

  return {
    get waiting() {
      return queue.length
    },
    async take() {
      if (free > 0) free--
      else await new Promise<void>((resolve) => queue.push(resolve))
      let ended = false
      return () => {
        if (ended) return
        ended = true
        release()
      }
    },
  }
}

export async function inTurn<T>(turns: Turns, task: () => Promise<T>): Promise<T> {
  const end = await turns.take()
  try {
    return await task()
  } finally {
    end()
  }
}

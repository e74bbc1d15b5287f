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

/** Things that tasks use, each for one task at a time. */
export interface Pool<T> {
  use<R>(task: (one: T) => Promise<R>): Promise<R>
  /** Resolves when all are free, and keeps them: whoever comes later waits for ever. */
  drain(): Promise<void>
}

export function createPool<T>(all: readonly T[]): Pool<T> {
  const turns = createTurns(all.length)
  const free = [...all]
  return {
    async use(task) {
      const end = await turns.take()
      const one = free.pop() as T
      try {
        return await task(one)
      } finally {
        free.push(one)
        end()
      }
    },
    async drain() {
      await Promise.all(all.map(() => turns.take()))
    },
  }
}

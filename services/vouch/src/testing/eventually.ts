import { setTimeout as pause } from 'node:timers/promises'

/**
 * Asks again and again until the answer is good, and gives it. Whatever the question throws counts as not yet.
 * @throws when the deadline has passed, with what stood against it last
 */
export async function eventually<T>(
  what: string,
  ask: () => T | undefined | Promise<T | undefined>,
  deadlineMs = 20_000,
): Promise<T> {
  const start = performance.now()
  for (;;) {
    let last: unknown
    try {
      const answer = await ask()
      if (answer !== undefined) return answer
    } catch (error) {
      last = error
    }
    if (performance.now() - start > deadlineMs) {
      throw new Error(`${what}: not within ${deadlineMs} ms${last === undefined ? '' : `, because ${String(last)}`}`)
    }
    await pause(10)
  }
}

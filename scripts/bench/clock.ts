/** Time of the wall and of the processor, by all threads: other work on the machine disturbs the second less. */
export interface Took {
  readonly seconds: number
  readonly cpuSeconds: number
}

/** @returns what has passed since */
export function stopwatch(): () => Took {
  const from = performance.now()
  const cpuFrom = process.cpuUsage()
  return () => {
    const { user, system } = process.cpuUsage(cpuFrom)
    return { seconds: (performance.now() - from) / 1_000, cpuSeconds: (user + system) / 1e6 }
  }
}

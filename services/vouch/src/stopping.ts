/** Aborted when the process is told to stop. Loaded before all else: to load the rest takes longer than a Ctrl-C. */
export const stopping = new AbortController()

/** One Ctrl-C can arrive twice, by the terminal and by whatever started us; a second one after this long means it. */
const impatientAfterMs = 1_000
let stoppedAt: number | undefined
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.on(name, () => {
    stoppedAt ??= performance.now()
    stopping.abort()
    // Nothing is lost by it: what a crash leaves half done, the next start finishes.
    if (performance.now() - stoppedAt > impatientAfterMs) process.exit(130)
  })
}

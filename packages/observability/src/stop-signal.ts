/** Resolves at the first SIGINT or SIGTERM; a second one ends the process at once, and loses nothing by it. */
export function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    let told = false
    for (const name of ['SIGINT', 'SIGTERM'] as const) {
      process.on(name, () => {
        if (told) process.exit(130)
        told = true
        resolve()
      })
    }
  })
}

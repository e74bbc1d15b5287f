/** Whoever waits for a position to be shown. */
export class Waiters {
  readonly #waiting = new Set<{
    readonly position: bigint
    readonly resolve: () => void
    readonly reject: (error: unknown) => void
  }>()

  /** Resolves when `reached` names this position or a later one; rejects with what `fail` is given before. */
  wait(position: bigint): Promise<void> {
    return new Promise((resolve, reject) => this.#waiting.add({ position, resolve, reject }))
  }

  reached(position: bigint): void {
    for (const waiter of this.#waiting) {
      if (waiter.position > position) continue
      this.#waiting.delete(waiter)
      waiter.resolve()
    }
  }

  fail(error: unknown): void {
    for (const waiter of this.#waiting) waiter.reject(error)
    this.#waiting.clear()
  }
}

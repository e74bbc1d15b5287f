/** Lets one at a time through, in order of arrival. */
export class Gate {
  #last: Promise<unknown> = Promise.resolve()

  enter<T>(step: () => Promise<T>): Promise<T> {
    const next = this.#last.then(step, step)
    this.#last = next.catch(() => undefined)
    return next
  }
}

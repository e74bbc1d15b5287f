/** Something that a person can act on: the message is a sentence that says what to do. Its command exits with `exitCode`. */
export class Failure extends Error {
  override readonly name = 'Failure'
  readonly exitCode: 1 | 2

  constructor(message: string, exitCode: 1 | 2 = 1) {
    super(message)
    this.exitCode = exitCode
  }
}

/** Wrong usage. */
export const misuse = (message: string): Failure => new Failure(message, 2)

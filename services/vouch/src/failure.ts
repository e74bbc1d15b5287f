/** 1: it could not be done; 2: wrong usage; 130: interrupted, as shells have it. */
export type ExitCode = 1 | 2 | 130

/** Something that a person can act on: the message is a sentence that says what to do. Its command exits with `exitCode`. */
export class Failure extends Error {
  override readonly name = 'Failure'
  readonly exitCode: ExitCode

  constructor(message: string, exitCode: ExitCode = 1) {
    super(message)
    this.exitCode = exitCode
  }
}

/** Wrong usage. */
export const misuse = (message: string): Failure => new Failure(message, 2)

/** Ctrl-C or SIGTERM stopped it. */
export const interrupted = (message: string): Failure => new Failure(message, 130)

/** Another process holds the data folder. */
export class FolderInUse extends Failure {}

/** What goes wrong with one request, besides what the engine says. */
export type Fault =
  /** The connection is cut before anything is done. */
  | 'drop-before'
  /** All is done, and then the connection is cut: the answer is lost. */
  | 'drop-after'
  /** The answer begins, and is cut in its middle; one that has no rows is cut before its head. */
  | 'cut'
  /** What stands before the server, such as a balancer, has no server to give it to. */
  | 'unavailable'
  /** The server has too many queries at once. */
  | 'too-many'
  /** Takes so long before it is begun. */
  | { readonly delayMs: number }
  /** The connection is cut at once, and what was asked for is done so long after. */
  | { readonly lateMs: number }

/** What a request is about, for those who choose its fault. */
export interface Asked {
  /** The statement as it came, without a body of rows. */
  readonly statement: string
  /** The answer is to be made whole before it is given, so that nothing is lost when it is had again. */
  readonly whole: boolean
}

/** Chooses what goes wrong with a request, which waits for it. */
export type Faults = (asked: Asked) => Fault | undefined | Promise<Fault | undefined>

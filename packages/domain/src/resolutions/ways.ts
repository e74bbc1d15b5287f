/** What somebody can decide of a line that needs a person. */
export const resolutionWays = [
  /** It happened as the statement says; of what no statement names: it was paid. What is open is owed, either way. */
  'accept',
  /** What is open is given up. */
  'write-off',
  /** All of it is payable again. */
  'retry',
  /** The line of a statement is no payment of its own: it books nothing. */
  'disregard',
] as const
export type ResolutionWay = (typeof resolutionWays)[number]

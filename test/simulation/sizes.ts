import type { ProjectorParts } from '@vouch/projector'
import type { Random } from '@vouch/testing'

/** Whatever the sizes are, the tables are the same. */
export const sizes = (random: Random): Partial<ProjectorParts> => ({
  batchSize: random.pick([1, 2, 5, 1000]),
  blockRows: random.pick([1, 3, 20, 20_000]),
  checkpointAfter: random.pick([1, 20, 100, 100_000]),
  cacheBytes: random.pick([1, 5_000, 2 ** 26]),
  minFlushMs: random.pick([0, 200]),
  graceMs: random.pick([0, 200]),
})

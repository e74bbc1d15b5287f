import { afterAll, beforeAll, describe } from 'vitest'
import { describeWarehouse, type OpenWarehouse } from '../conformance.ts'
import type { Fault, Faults } from '../testing/double/faults.ts'
import { clusterGiven, isDouble, startTestServer, type TestServer, what } from './testing/server.ts'

/** As often as one request in so many fails. */
const oneIn = 6

describe('over HTTP', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer()
  })
  afterAll(() => server.stop())

  /** It is one server for all, so what was there before goes first. */
  const openWith =
    (cluster: string | undefined, faults: () => Faults | undefined): OpenWarehouse =>
    async (tables, limits) => {
      await server.clear()
      const warehouse = await server.open({ tables, limits, cluster })
      server.fail(faults())
      const dispose = async () => {
        server.fail(undefined)
        await warehouse.close()
      }
      return { warehouse, dispose }
    }

  describeWarehouse(
    `a ClickHouse server (${what})`,
    openWith(clusterGiven, () => undefined),
  )
  if (isDouble) {
    describeWarehouse(
      'a cluster of ClickHouse that fails at random (a double of one shard and one replica)',
      openWith('vouch', () => seededFaults(20_260_301)),
    )
  }
})

/** Whatever may go wrong with a request that can be repeated; the same for the same seed and requests. */
function seededFaults(seed: number): Faults {
  let state = seed
  const below = (bound: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * bound)
  }
  const kinds: readonly Fault[] = ['drop-before', 'drop-after', 'unavailable', 'too-many', { delayMs: 5 }, 'cut']
  return ({ whole }) => {
    if (below(oneIn) > 0) return undefined
    const kind = kinds[below(whole ? kinds.length : kinds.length - 1)]
    return kind
  }
}

import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Key } from '../keys.ts'
import type { HttpLimits } from './limits.ts'

/** How often somebody may ask. Each resolves with the seconds to wait, or undefined if it was not too often. */
export interface Rates {
  /** By the key's own limit, else by that of all keys. */
  ofKey(request: FastifyRequest, key: Key): Promise<number | undefined>
  /** By the address from which requests without a key that works come. Those with one are not held up by them. */
  ofStranger(request: FastifyRequest): Promise<number | undefined>
}

const minuteMs = 60_000

/** Senders that are counted at once; of more, those that asked longest ago are forgotten. */
const remembered = 10_000

/** @param onExceeded told of each request that came too often */
export async function createRates(
  app: FastifyInstance,
  { requestsAMinute, strangersAMinute }: Pick<HttpLimits, 'requestsAMinute' | 'strangersAMinute'>,
  onExceeded: () => void,
): Promise<Rates> {
  await app.register(rateLimit, { global: false, timeWindow: minuteMs, cache: remembered })
  const keys = new WeakMap<FastifyRequest, Key>()
  const limitOf = (key: Key | undefined) => key?.requestsPerMinute ?? requestsAMinute
  const checkKey = app.createRateLimit({
    keyGenerator: (request) => keys.get(request)?.id ?? '',
    max: (request) => limitOf(keys.get(request)),
  })
  // By address, where a whole network of IPv6 counts as one.
  const checkStranger = app.createRateLimit({ max: strangersAMinute })

  const pauseOf = (result: Awaited<ReturnType<typeof checkKey>>): number | undefined => {
    if (result.isAllowed || !result.isExceeded) return undefined
    onExceeded()
    return Math.max(1, result.ttlInSeconds)
  }

  return {
    async ofKey(request, key) {
      if (limitOf(key) === 0) return undefined
      keys.set(request, key)
      return pauseOf(await checkKey(request))
    },
    ofStranger: async (request) => (strangersAMinute === 0 ? undefined : pauseOf(await checkStranger(request))),
  }
}

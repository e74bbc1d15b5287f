import { at, closing, day, days, hour, minute } from './calendar.ts'
import { type Advocate, advocates } from './cast.ts'
import type { Random } from './random.ts'
import { programId } from './terms.ts'
import type { Wire } from './wire.ts'

interface Share {
  readonly shareId: string
  readonly time: number
  readonly channel: string
}

/** What each advocate has shared, by its id, oldest first. */
export type Shares = ReadonlyMap<string, readonly Share[]>

/** Advocates share some of the time; who is more popular also does more for it. */
export function shareLinks(random: Random, wire: Wire): Shares {
  const shares = new Map<string, Share[]>()
  for (const advocate of advocates) shares.set(advocate.id, sharesOf(random, advocate))
  for (const [advocateId, own] of shares) {
    for (const { shareId, time, channel } of own) {
      const data = {
        programId,
        advocateId,
        channel,
        code: advocateId,
        contentId: `post-${random.between(1, 9)}`,
        shareId,
      }
      wire.send('app.example', shareId, 'vouch.share.v1', time, data, random.between(1, 90) * 1000)
    }
  }
  return shares
}

function sharesOf(random: Random, { id, weight, channels, enrolledOnDay = 0 }: Advocate): Share[] {
  const shares: Share[] = []
  const everyDays = weight >= 400 ? 3 : 8
  for (let dayNumber = enrolledOnDay + random.between(0, 4); dayNumber < days; ) {
    const time = at(dayNumber, 8) + random.between(0, 13 * 60) * minute
    shares.push({ shareId: `share-${id}-${shares.length + 1}`, time, channel: random.pick(channels) })
    dayNumber += random.between(1, everyDays * 2)
  }
  return shares.filter(({ time }) => time < closing)
}

/** The share that a click at a time came through, if it is recent; most clicks do. */
export function shareBefore(random: Random, shares: Shares, advocateId: string, time: number): Share | undefined {
  const last = shares.get(advocateId)?.findLast((share) => share.time + hour < time)
  return last !== undefined && last.time + 9 * day > time && random.chance(75) ? last : undefined
}

import { timestamp } from '../timestamp.ts'

const dayMs = 86_400_000

/** The UTC day, 'YYYY-MM-DD', on which a reward earned at a time becomes payable. */
export function availableOn(earnedAtMs: number, holdDays: number): string {
  return timestamp(earnedAtMs + holdDays * dayMs).slice(0, 10)
}

/** The UTC month of a time, 'YYYY-MM'. */
export const monthOf = (timeMs: number): string => timestamp(timeMs).slice(0, 7)

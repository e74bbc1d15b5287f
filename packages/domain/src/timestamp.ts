const dayMs = 86_400_000

/** Texts of days, as many as were ever asked for: a few hundred for a log of a year. */
const days = new Map<number, string>()

const two = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, '0'))

/** ms UTC as ClickHouse reads and writes a DateTime64(3, 'UTC'): '2026-03-01 12:00:00.000'. */
export function timestamp(ms: number): string {
  const day = Math.floor(ms / dayMs)
  const seconds = Math.floor(ms / 1000)
  const minutes = Math.floor(seconds / 60)
  const clock = `${two[Math.floor(minutes / 60) % 24]}:${two[minutes % 60]}:${two[seconds % 60]}`
  return `${days.get(day) ?? textOfDay(day)} ${clock}.${String(ms % 1000).padStart(3, '0')}`
}

function textOfDay(day: number): string {
  const text = new Date(day * dayMs).toISOString().slice(0, 10)
  days.set(day, text)
  return text
}

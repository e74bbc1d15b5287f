/** A month as it is written: '2026-03'. */
export const monthForm = /^\d{4}-(0[1-9]|1[0-2])$/

export interface Days {
  /** UTC days, 'YYYY-MM-DD', both of them included. */
  readonly first: string
  readonly last: string
}

export function daysOf(month: string): Days {
  const first = `${month}-01`
  return { first, last: dayBefore(`${nextMonth(month)}-01`) }
}

export const monthOfDay = (day: string): string => day.slice(0, 7)

export function nextMonth(month: string): string {
  const [year, number] = month.split('-').map(Number) as [number, number]
  return number === 12 ? `${pad(year + 1, 4)}-01` : `${pad(year, 4)}-${pad(number + 1, 2)}`
}

/** The UTC day before a day. */
export const dayBefore = (day: string): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10)

const pad = (value: number, digits: number): string => String(value).padStart(digits, '0')

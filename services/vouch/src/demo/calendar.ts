export const minute = 60_000
export const hour = 60 * minute
export const day = 24 * hour

/** How many days are simulated. */
export const days = 90

const firstDay = Date.UTC(2026, 2, 1)

/** A moment of the simulation, ms UTC: day 0 is 1 March 2026. */
export const at = (dayNumber: number, hours = 0, minutes = 0): number =>
  firstDay + dayNumber * day + hours * hour + minutes * minute

/** People do nothing after this. */
export const closing = at(days)

/** The UTC day on which somebody looks at the tables. */
export const asOf = new Date(at(days + 2)).toISOString().slice(0, 10)

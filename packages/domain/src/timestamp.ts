/** ms UTC as ClickHouse reads and writes a DateTime64(3, 'UTC'): '2026-03-01 12:00:00.000'. */
export const timestamp = (ms: number): string => new Date(ms).toISOString().slice(0, 23).replace('T', ' ')

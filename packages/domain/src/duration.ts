const unitMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
}

const pattern = /^(\d{1,15})(ms|[smhdw])$/

/**
 * Reads a duration, a whole number and a unit ('30d', '90m', '0s'), as milliseconds.
 * @returns undefined if the text is no duration, or one too long to be counted exactly in milliseconds
 */
export function parseDuration(text: string): number | undefined {
  const match = pattern.exec(text)
  if (!match) return undefined
  const ms = Number(match[1]) * (unitMs[match[2] as string] as number)
  return Number.isSafeInteger(ms) ? ms : undefined
}

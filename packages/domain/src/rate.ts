/** How many digits may stand on either side of the point. */
export interface RateDigits {
  readonly before: number
  readonly after: number
}

/**
 * An exchange rate in canonical form, without zeros that say nothing: '01.0500' is '1.05'.
 * @returns undefined for what is no unsigned decimal above zero with at most these digits
 */
export function canonicalRate(text: string, { before, after }: RateDigits): string | undefined {
  const match = /^(\d+)(?:\.(\d+))?$/.exec(text)
  const [whole = '', fraction = ''] = match?.slice(1) ?? []
  if (!match || whole.length > before || fraction.length > after) return undefined
  const [short, rest] = [whole.replace(/^0+(?=\d)/, ''), fraction.replace(/0+$/, '')]
  if (short === '0' && rest === '') return undefined
  return rest === '' ? short : `${short}.${rest}`
}

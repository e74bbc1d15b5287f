import anyAscii from 'any-ascii'

/** What banks of SEPA take in texts, beside letters and digits of ASCII: EPC217-08. */
const taken = /[^A-Za-z0-9/?:().,'+ -]/g

/** Signs that have a neighbour among those. */
const neighbours: Readonly<Record<string, string>> = {
  '&': '+',
  _: '-',
  '"': "'",
  '`': "'",
  ';': ',',
  '[': '(',
  ']': ')',
}

/**
 * A text in the letters that every bank takes: others are written in ASCII (é as e, ß as ss, other scripts by their sound),
 * what is left becomes a point. The same text always gives the same letters; the table is that of one version of any-ascii.
 * @returns at most `maxLength` characters, without outer blanks; 'NOTPROVIDED' where nothing is left to write
 */
export function latinText(text: string, maxLength: number): string {
  // Accents beside their letter and with it in one are the same text.
  const ascii = anyAscii(text.toWellFormed().normalize('NFC'))
  const legal = ascii.replace(taken, (sign) => neighbours[sign] ?? '.')
  // Banks refuse a slash at either end, and two together.
  const plain = legal
    .replace(/\/{2,}/g, '/')
    .replace(/ {2,}/g, ' ')
    .slice(0, maxLength)
  const trimmed = plain.replace(/^[ /]+|[ /]+$/g, '')
  return /[A-Za-z0-9]/.test(trimmed) ? trimmed : 'NOTPROVIDED'
}

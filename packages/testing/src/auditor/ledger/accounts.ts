/** A part of an account's name, byte by byte. */
export const part = (text: string): string =>
  [...Buffer.from(text, 'utf8')]
    .map((byte) => String.fromCharCode(byte))
    .map((sign) =>
      /[A-Za-z0-9_-]/.test(sign) ? sign : `%${sign.charCodeAt(0).toString(16).padStart(2, '0').toUpperCase()}`,
    )
    .join('')

export const partyOf = (programId: string, role: string, id: string): string =>
  [part(programId), role, part(id)].join(':')

/** A decimal of the opposite sign. */
export const negative = (amount: string): string => (amount.startsWith('-') ? amount.slice(1) : `-${amount}`)

export const laterDay = (...days: readonly string[]): string => [...days].sort().at(-1) ?? ''

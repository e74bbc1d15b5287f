/** Names are compared without case and outer blanks: two people are not made of one by a capital. */
export const isSamePerson = (one: string, other: string): boolean =>
  one.trim().toLowerCase() === other.trim().toLowerCase()

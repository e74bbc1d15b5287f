/**
 * What would be right for the credentials in an address; undefined if they are, or there are none.
 * @param parts the address up to its path, split at each "@"
 * @param example of such an address
 */
export const wrongCredentials = (parts: readonly string[], example: string): string | undefined => {
  if (parts.length > 2) return 'user and password percent-encoded: a "@" in them is %40'
  if (parts.length < 2) return undefined
  const credentials = (parts[0] ?? '').split(':')
  // Clients take what follows a second colon for no part of the password, and say nothing.
  if (credentials.length > 2) return 'user and password percent-encoded: a ":" in them is %3A'
  if (credentials.length < 2 || credentials.includes('')) return wantsCredentials(example)
  return credentials.every(canBeDecoded) ? undefined : 'user and password percent-encoded: a "%" in them is %25'
}

export const wantsCredentials = (example: string): string => `a user and a password, as in ${example}`

export const canBeDecoded = (text: string): boolean => {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}

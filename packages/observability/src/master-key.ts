/** The 32 bytes that a text stands for, in hex or base64; undefined if it is no such text. */
export function parseMasterKey(text: string): Buffer | undefined {
  const given = text.trim()
  if (/^[0-9a-f]{64}$/i.test(given)) return Buffer.from(given, 'hex')
  return /^[A-Za-z0-9+/_-]{43}=?$/.test(given) ? Buffer.from(given, 'base64') : undefined
}

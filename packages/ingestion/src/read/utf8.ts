import { isUtf8 } from 'node:buffer'

/**
 * Index of the first byte that cannot be part of UTF-8 (RFC 3629: no surrogates, no overlong forms, nothing above U+10FFFF);
 * undefined if all of it is. A sequence that the end cuts off is reported at its first byte.
 */
export function firstInvalidUtf8(bytes: Uint8Array): number | undefined {
  if (isUtf8(bytes)) return undefined
  let at = 0
  while (at < bytes.length) {
    const lead = bytes[at] as number
    if (lead < 0x80) {
      at++
      continue
    }
    const length = sequenceLength(lead)
    if (length === 0 || at + length > bytes.length) return at
    if (!isUtf8(bytes.subarray(at, at + length))) return at
    at += length
  }
  return undefined
}

function sequenceLength(lead: number): number {
  if (lead >= 0xc2 && lead <= 0xdf) return 2
  if (lead >= 0xe0 && lead <= 0xef) return 3
  if (lead >= 0xf0 && lead <= 0xf4) return 4
  return 0
}

/** Says where bytes stop being UTF-8; bytes of the file are counted from 0, as `offset` is. */
export function utf8Reason(bytes: Uint8Array, offset: number): string {
  const at = firstInvalidUtf8(bytes) ?? 0
  const byte = (bytes[at] ?? 0).toString(16).padStart(2, '0')
  const utf16 = looksLikeUtf16(bytes) ? ', it looks like UTF-16' : ''
  return `byte ${offset + at} of the file, 0x${byte}, is not UTF-8${utf16}; write the file as UTF-8`
}

const looksLikeUtf16 = (bytes: Uint8Array): boolean =>
  (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)

const bom = [0xef, 0xbb, 0xbf]

/** Length of the byte order mark at the start of a file: 3, or 0 if there is none. */
export const bomLength = (bytes: Uint8Array): number => (bom.every((byte, i) => bytes[i] === byte) ? bom.length : 0)

export const asBuffer = (bytes: Uint8Array): Buffer =>
  Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)

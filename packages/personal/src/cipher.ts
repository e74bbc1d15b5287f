import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto'

/** Bytes of every key: AES-256. */
export const keyBytes = 32

const ivBytes = 12
const tagBytes = 16

/** A text under AES-256-GCM: what was random or derived, then what is secret and its tag, both base64url. */
export interface Sealed {
  readonly iv: string
  readonly text: string
}

/**
 * Seals a text under a key. Its initialisation vector is derived from key, context and text, so that the same event, sent
 * again, is sealed into the same bytes and known as a duplicate; two different texts never share one.
 * @param context what the text belongs to; it opens nowhere else
 */
export function sealAlike(key: Uint8Array, context: string, text: string): Sealed {
  const ivKey = createHmac('sha256', key).update('vouch iv').digest()
  const iv = createHmac('sha256', ivKey)
    .update(JSON.stringify([context, text]))
    .digest()
    .subarray(0, ivBytes)
  return seal(encryptionKey(key), iv, context, Buffer.from(text, 'utf8'))
}

/** @throws Error if the key is another one, or anything was changed */
export const openAlike = (key: Uint8Array, context: string, sealed: Sealed): string =>
  open(encryptionKey(key), context, sealed).toString('utf8')

const encryptionKey = (key: Uint8Array): Buffer => createHmac('sha256', key).update('vouch encryption').digest()

/** Seals a key under another one. */
export const wrapKey = (master: Uint8Array, context: string, key: Uint8Array): Sealed =>
  seal(master, randomBytes(ivBytes), context, key)

/** @throws Error if the key is another one, or anything was changed */
export const unwrapKey = (master: Uint8Array, context: string, sealed: Sealed): Buffer => open(master, context, sealed)

function seal(key: Uint8Array, iv: Uint8Array, context: string, plain: Uint8Array): Sealed {
  const cipher = createCipheriv('aes-256-gcm', key, iv)
  cipher.setAAD(Buffer.from(context, 'utf8'))
  const text = Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()])
  return { iv: Buffer.from(iv).toString('base64url'), text: text.toString('base64url') }
}

function open(key: Uint8Array, context: string, { iv, text }: Sealed): Buffer {
  const bytes = Buffer.from(text, 'base64url')
  const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(iv, 'base64url'), { authTagLength: tagBytes })
  decipher.setAAD(Buffer.from(context, 'utf8'))
  decipher.setAuthTag(bytes.subarray(-tagBytes))
  return Buffer.concat([decipher.update(bytes.subarray(0, -tagBytes)), decipher.final()])
}

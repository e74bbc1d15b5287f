import { hash } from 'node:crypto'

/** Where an identity or a stream's name is filed in an index. Different names may share a hash. */
export type NameHash = (name: string) => number

/**
 * 48 bits of SHA-256, signed: the first six bytes. A hash that nobody can steer, because names come from outside and
 * thousands of them under one hash would make each append a search.
 */
export const nameHash: NameHash = (name) => {
  // As text of one character a byte, which costs a third of a buffer.
  const bytes = hash('sha256', name, 'binary')
  const [high, low] = [word(bytes, 0), word(bytes, 2) * 2 ** 16 + word(bytes, 4)]
  return (high < 2 ** 15 ? high : high - 2 ** 16) * 2 ** 32 + low
}

const word = (bytes: string, at: number): number => bytes.charCodeAt(at) * 2 ** 8 + bytes.charCodeAt(at + 1)

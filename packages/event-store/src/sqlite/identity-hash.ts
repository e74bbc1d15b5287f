import { hash } from 'node:crypto'

/** Where an identity or a stream's name is filed in an index. Different names may share a hash. */
export type NameHash = (name: string) => number

/**
 * 48 bits of SHA-256, signed: what SQLite stores in six bytes and JavaScript holds in a number. A hash that nobody can
 * steer, because names come from outside and thousands of them under one hash would make each append a search.
 */
export const nameHash: NameHash = (name) => hash('sha256', name, 'buffer').readIntBE(0, 6)

import type { Rejection } from './rejection.ts'
import { kindOf, pathText } from './wording.ts'

/** How many objects and lists may lie inside each other. */
export const maxDepth = 32

interface Flaw {
  /** From the inside out. */
  readonly path: (string | number)[]
  readonly reason: string
}

/**
 * Finds what no field may hold, known or unknown: lone surrogates, which cannot be stored as UTF-8; nesting that only an
 * attacker writes; a name that would reach an object's prototype; and what is no JSON at all.
 */
export function soundnessProblem(value: unknown): Rejection | undefined {
  const flaw = flawOf(value, 0)
  if (flaw === undefined) return undefined
  const field = pathText(flaw.path.reverse())
  return { field, reason: field === '' ? `the event ${flaw.reason}` : flaw.reason }
}

function flawOf(value: unknown, depth: number): Flaw | undefined {
  switch (typeof value) {
    case 'string':
      return value.isWellFormed() ? undefined : { path: [], reason: loneSurrogate }
    case 'number':
      return Number.isFinite(value) ? undefined : noJson(value)
    case 'boolean':
    case 'undefined':
      return undefined
    case 'object':
      if (value === null) return undefined
      if (depth >= maxDepth) return { path: [], reason: `is nested deeper than ${maxDepth} levels; write it flatter` }
      return Array.isArray(value) ? flawOfList(value, depth) : flawOfObject(value, depth)
    default:
      return noJson(value)
  }
}

function flawOfList(list: readonly unknown[], depth: number): Flaw | undefined {
  for (let index = 0; index < list.length; index++) {
    const flaw = list[index] === undefined ? noJson(undefined) : flawOf(list[index], depth + 1)
    if (flaw) return at(index, flaw)
  }
  return undefined
}

function flawOfObject(object: object, depth: number): Flaw | undefined {
  const prototype = Object.getPrototypeOf(object)
  if (prototype !== Object.prototype && prototype !== null) return noJson(object)
  for (const key of Object.keys(object)) {
    if (key === '__proto__') return { path: [key], reason: 'is not taken as the name of a field; use another' }
    if (!key.isWellFormed()) return { path: [], reason: `has a field whose name ${loneSurrogate}` }
    const flaw = flawOf((object as Record<string, unknown>)[key], depth + 1)
    if (flaw) return at(key, flaw)
  }
  return undefined
}

const loneSurrogate = 'holds half of a surrogate pair, which is no Unicode character; send well-formed text'

const noJson = (value: unknown): Flaw => ({
  path: [],
  reason: `is ${kindOf(value)}, which JSON cannot hold; send a JSON value`,
})

function at(key: string | number, flaw: Flaw): Flaw {
  flaw.path.push(key)
  return flaw
}

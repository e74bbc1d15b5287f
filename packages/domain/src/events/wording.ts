import type { z } from 'zod'
import { quote } from '../quote.ts'
import { nearest } from './nearest.ts'
import type { Rejection } from './rejection.ts'

/** What a value is, in words: 'text', 'the number 5', 'a list' … */
export function kindOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  switch (typeof value) {
    case 'string':
      return `the text ${quote(value)}`
    case 'number':
      return `the number ${value}`
    case 'boolean':
      return String(value)
    case 'object': {
      const prototype = Object.getPrototypeOf(value)
      return prototype === null || prototype === Object.prototype ? 'an object' : `a ${value.constructor.name}`
    }
    case 'undefined':
      return 'undefined'
    default:
      return `a ${typeof value}`
  }
}

/** A path as people write it: data.items[0].sku; names that are no plain words are quoted. */
export function pathText(path: readonly PropertyKey[]): string {
  let text = ''
  for (const key of path) {
    if (typeof key === 'number') text += `[${key}]`
    else if (plainName.test(String(key))) text += (text === '' ? '' : '.') + String(key)
    else text += `[${quote(String(key))}]`
  }
  return text
}

const plainName = /^[A-Za-z_][A-Za-z0-9_-]*$/

const expectations: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'an object',
  record: 'an object',
  array: 'a list',
}

/** Words for what zod finds; a schema that brings its own message keeps it. */
export function wording(issue: z.core.$ZodRawIssue): string {
  const input = inputOf(issue)
  if (input === undefined) return `is missing; ${remedy(issue, input)}`
  if (input === null) return `is null; ${remedy(issue, input)}, or leave it out if it is optional`
  if (issue.code === 'too_big' && issue.origin === 'string') {
    return `is longer than ${issue.maximum} characters; ${remedy(issue, input)}`
  }
  if (issue.code === 'too_big' && issue.origin === 'array') {
    return `is a list of more than ${issue.maximum}; ${remedy(issue, input)}`
  }
  return `is ${kindOf(input)}; ${remedy(issue, input)}`
}

/** The value that is wrong; where a field tells alternatives apart, that field's. */
const inputOf = (issue: z.core.$ZodRawIssue): unknown =>
  issue.code === 'invalid_union' && issue.discriminator !== undefined
    ? (issue.input as Record<string, unknown>)[issue.discriminator]
    : issue.input

function remedy(issue: z.core.$ZodRawIssue, input: unknown): string {
  switch (issue.code) {
    case 'invalid_type':
      return typeRemedy(String(issue.expected), input)
    case 'invalid_value':
      return oneOf(issue.values, input)
    case 'invalid_union':
      return oneOf(Array.isArray(issue.options) ? issue.options : [], input)
    case 'invalid_format':
      return issue.format === 'regex'
        ? `write text that matches ${issue.pattern}`
        : `write text in the format ${issue.format}`
    case 'too_small':
      return limit(issue.origin, issue.inclusive === false ? 'above' : 'of at least', issue.minimum)
    case 'too_big':
      return limit(issue.origin, issue.inclusive === false ? 'below' : 'of at most', issue.maximum)
    default:
      return 'see the JSON Schema of this type for what is right'
  }
}

function typeRemedy(expected: string, input: unknown): string {
  if (expected === 'string' && (typeof input === 'number' || typeof input === 'boolean')) {
    return `write it as text, in quotes: ${quote(String(input))}`
  }
  return `write ${expectations[expected] ?? expected}`
}

function limit(origin: string, relation: string, bound: number | bigint): string {
  if (origin === 'string') return `write text ${relation} ${bound} characters`
  return `write a ${origin === 'array' ? 'list' : 'number'} ${relation} ${bound}`
}

function oneOf(values: readonly unknown[], input: unknown): string {
  const texts = values.map(String)
  if (texts.length === 1) return `write ${quote(texts[0] as string)}`
  const meant = typeof input === 'string' ? nearest(input, texts) : undefined
  return `write one of ${texts.join(', ')}${meant === undefined ? '' : ` (did you mean ${meant}?)`}`
}

/** The first problem zod found, looking inside unions for the alternative that came closest. */
export function firstProblem(issues: readonly z.core.$ZodIssue[], at: readonly PropertyKey[]): Rejection {
  const issue = issues[0]
  if (issue === undefined) throw new Error('A failed parse names no issue.')
  const path = [...at, ...issue.path]
  if (issue.code === 'invalid_union') {
    // An alternative that failed further inside is the one that was meant.
    const closest = [...issue.errors].sort((a, b) => depth(b) - depth(a))[0]
    if (closest?.[0] !== undefined) return firstProblem(closest, path)
  }
  if (issue.code === 'unrecognized_keys') {
    const unknown = issue.keys[0] as string
    return { field: pathText([...path, unknown]), reason: 'is not known here; leave it out, or correct its name' }
  }
  return { field: pathText(path), reason: issue.message }
}

const depth = (issues: readonly z.core.$ZodIssue[]): number => issues[0]?.path.length ?? 0

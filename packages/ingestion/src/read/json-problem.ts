/** Where a text stops being JSON. */
export interface JsonProblem {
  /** Index into the text, in UTF-16 units; its length if the text ends too early. */
  readonly at: number
  /** What could stand there, e.g. 'a value'. */
  readonly expected: string
}

/**
 * Finds where a text stops being JSON (RFC 8259); undefined if it is JSON. It is asked only after `JSON.parse` said no, for
 * V8's own message gives no position in most cases. It keeps a stack of its own, so that no depth of nesting breaks it.
 */
export function findJsonProblem(text: string): JsonProblem | undefined {
  const open: ('{' | '[')[] = []
  let at = skipBlanks(text, 0)
  let state: 'value' | 'first-value' | 'first-key' | 'key' | 'after' = 'value'
  for (;;) {
    const char = text[at]
    if (state === 'after') {
      const container = open.at(-1)
      if (container === undefined) return at === text.length ? undefined : { at, expected: 'nothing more' }
      if (char === ',') {
        at++
        state = container === '{' ? 'key' : 'value'
      } else if (char === (container === '{' ? '}' : ']')) {
        at++
        open.pop()
      } else return { at, expected: container === '{' ? '"," or "}"' : '"," or "]"' }
    } else if (state === 'first-value' && char === ']') {
      at++
      open.pop()
      state = 'after'
    } else if (state === 'first-key' && char === '}') {
      at++
      open.pop()
      state = 'after'
    } else if (state === 'key' || state === 'first-key') {
      if (char !== '"') return { at, expected: 'a key in double quotes' }
      const string = skipString(text, at)
      if (typeof string !== 'number') return string
      at = skipBlanks(text, string)
      if (text[at] !== ':') return { at, expected: '":"' }
      at++
      state = 'value'
    } else if (char === '{' || char === '[') {
      at++
      open.push(char)
      state = char === '{' ? 'first-key' : 'first-value'
    } else {
      const end = char === '"' ? skipString(text, at) : skipScalar(text, at)
      if (typeof end !== 'number') return end
      at = end
      state = 'after'
    }
    at = skipBlanks(text, at)
  }
}

function skipBlanks(text: string, from: number): number {
  let at = from
  while (text[at] === ' ' || text[at] === '\t' || text[at] === '\n' || text[at] === '\r') at++
  return at
}

const scalar = /(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)/y

function skipScalar(text: string, at: number): number | JsonProblem {
  scalar.lastIndex = at
  return scalar.test(text) ? scalar.lastIndex : { at, expected: 'a value' }
}

const hex = /[0-9a-fA-F]{4}/y

function skipString(text: string, from: number): number | JsonProblem {
  let at = from + 1
  for (;;) {
    const char = text[at]
    if (char === undefined) return { at, expected: 'the end of the string, a double quote' }
    if (char === '"') return at + 1
    if (char < ' ') return { at, expected: 'no bare control character in a string' }
    if (char !== '\\') {
      at++
      continue
    }
    const escaped = text[at + 1]
    if (escaped === 'u') {
      hex.lastIndex = at + 2
      if (!hex.test(text)) return { at, expected: 'four hexadecimal digits after \\u' }
      at += 6
    } else if (escaped !== undefined && '"\\/bfnrt'.includes(escaped)) at += 2
    else return { at, expected: 'one of \\" \\\\ \\/ \\b \\f \\n \\r \\t \\u after the backslash' }
  }
}

/** Says at which column (from 1) a text stops being JSON, what could stand there and what does. */
export function jsonReason(text: string): string {
  const problem = findJsonProblem(text)
  if (problem === undefined) return 'this is not JSON'
  const found = problem.at < text.length ? JSON.stringify(text.slice(problem.at, problem.at + 12)) : 'the end'
  return `this is not JSON: at column ${problem.at + 1} there should be ${problem.expected}, not ${found}`
}

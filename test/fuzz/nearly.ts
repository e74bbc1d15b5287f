import fc from 'fast-check'

type Json = Record<string, unknown>

/** What somebody sends who means harm, or whose program is broken. */
export const hostile = fc.constantFrom<unknown>(
  ...[
    null,
    true,
    0,
    -1,
    1e308,
    -0,
    1.5,
    2 ** 53,
    '',
    ' ',
    '0',
    'null',
    '\u0000',
    '\ud800',
    'a\u202eb',
    '🎉'.repeat(300),
  ],
  ...[
    "' OR 1=1 --",
    "'); DROP TABLE events; --",
    "`; SELECT file('/etc/passwd')",
    '{x:String}',
    '../../etc/passwd',
    '%2e%2e%2f',
  ],
  ...['__proto__', 'constructor', 'toString', '<script>', 'x'.repeat(5_000), '\n', '\\', '"'],
  ...[[], {}, [[]], [null], { a: { b: [] } }, { toString: 1 }, { length: 1e9 }, ['x'.repeat(600)]],
)

/** A value with one place in it changed, left out, doubled or put elsewhere: what a careful eye would still take for it. */
export const nearly = (value: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc
    .tuple(value, fc.nat(), hostile, fc.constantFrom('replace', 'remove', 'rename', 'wrap', 'add'))
    .map(([whole, pick, other, how]) => {
      const copy = structuredClone(whole)
      const places = placesOf(copy)
      const place = places[pick % Math.max(1, places.length)]
      if (!place) return other
      const { parent, name } = place
      const old = parent[name]
      if (how === 'remove' || how === 'rename') delete parent[name]
      if (how === 'rename') parent[name.toUpperCase()] = old
      if (how === 'wrap') parent[name] = [old]
      if (how === 'replace') parent[name] = other
      if (how === 'add')
        Object.defineProperty(parent, '__proto__', { value: other, enumerable: true, configurable: true })
      return copy
    })

interface Place {
  readonly parent: Json
  readonly name: string
}

function placesOf(value: unknown): Place[] {
  if (typeof value !== 'object' || value === null) return []
  const parent = value as Json
  return Object.keys(parent).flatMap((name) => [{ parent, name }, ...placesOf(parent[name])])
}

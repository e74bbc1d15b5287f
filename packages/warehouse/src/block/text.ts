const special = /[\\\t\n\r]/
const specials = /[\\\t\n\r]/g
const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' }

/** As ClickHouse's TabSeparated wants it, and a query parameter. */
export function escapeText(text: string): string {
  return special.test(text) ? text.replaceAll(specials, (character) => escapes[character] ?? character) : text
}

/** A string inside an array's text; the array as a whole is not escaped again. */
export function quoteItem(text: string): string {
  return `'${escapeText(text).replaceAll("'", "\\'")}'`
}

/** A string, or an integer that may be more than 64 bits hold. */
const tokens = /"(?:[^"\\]|\\.)*"|-?\d{19,}(?=[,\]}])/g

const leastInteger = -(2n ** 63n)
const mostInteger = 2n ** 64n - 1n

/**
 * Makes JSON into what ClickHouse's type JSON reads. It refuses an integer that 64 bits do not hold, and with it the whole
 * insert or query; the same number with an exponent it takes for the float that it is.
 */
export function readableJson(text: string): string {
  if (!/\d{19}/.test(text)) return text
  return text.replace(tokens, (token) => {
    if (token.startsWith('"')) return token
    const integer = BigInt(token)
    return integer < leastInteger || integer > mostInteger ? Number(token).toExponential() : token
  })
}

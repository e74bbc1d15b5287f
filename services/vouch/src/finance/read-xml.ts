import { XMLParser, XMLValidator } from 'fast-xml-parser'

/** An element: text, or its attributes (`@name`), its text beside them (`#text`) and its children, those of a name as a list. */
export type Element = string | { readonly [name: string]: string | readonly Element[] }

/** Text that is no XML, or XML that is not taken from strangers. The message is a sentence without its stop. */
export class NoXml extends Error {
  override readonly name = 'NoXml'
}

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  // The option that takes prefixes off takes the namespaces too.
  transformTagName: (name) => name.slice(name.indexOf(':') + 1),
  parseTagValue: false,
  parseAttributeValue: false,
  ignoreDeclaration: true,
  ignorePiTags: true,
  isArray: (_name, _path, _isLeaf, isAttribute) => !isAttribute,
})

/**
 * The root element of a document; names are without their prefixes. There are no entities but those that XML itself has, since
 * no document that declares its own is read.
 * @throws NoXml
 */
export function readXml(bytes: Uint8Array): { readonly [name: string]: string | readonly Element[] } {
  const text = decoded(bytes)
  if (/<!(DOCTYPE|ENTITY)/i.test(text)) throw new NoXml('it has a DOCTYPE, which no statement needs')
  const valid = XMLValidator.validate(text)
  if (valid !== true) throw new NoXml(`line ${valid.err.line}: ${valid.err.msg.replace(/\.$/, '')}`)
  return parser.parse(text)
}

function decoded(bytes: Uint8Array): string {
  const head = Buffer.from(bytes.subarray(0, 200)).toString('latin1')
  const label = /^[^<]*<\?xml[^>]*\bencoding\s*=\s*["']([\w.:-]+)["']/.exec(head)?.[1] ?? 'utf-8'
  try {
    return new TextDecoder(label, { fatal: true }).decode(bytes)
  } catch {
    throw new NoXml(`its bytes are not ${label}, or nobody here reads that`)
  }
}

/** The elements of a name, one after the other, that are found along a path; none where there are none. */
export function all(from: Element | undefined, ...path: readonly string[]): readonly Element[] {
  const [name, ...rest] = path
  if (name === undefined) return from === undefined ? [] : [from]
  const found = typeof from === 'object' ? from[name] : undefined
  return Array.isArray(found) ? found.flatMap((it: Element) => all(it, ...rest)) : []
}

/** The first of `all`. */
export const first = (from: Element | undefined, ...path: readonly string[]): Element | undefined =>
  all(from, ...path)[0]

/** The text of the first element along a path; undefined where there is none, or nothing in it. */
export function textOf(from: Element | undefined, ...path: readonly string[]): string | undefined {
  const found = first(from, ...path)
  const text = typeof found === 'object' ? attribute(found, '#text') : found
  return text?.trim() || undefined
}

export function attribute(of: Element | undefined, name: string): string | undefined {
  const value = typeof of === 'object' ? of[name] : undefined
  if (typeof value === 'string') return value
  // A parser may list the text beside attributes as it lists elements.
  return typeof value?.[0] === 'string' ? value[0] : undefined
}

/** An element, as far as instructions need one: it holds others, or a text. */
export interface Element {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly content: string | readonly Element[]
}

/** What is undefined is left out. */
export const element = (
  name: string,
  content: string | readonly (Element | undefined)[],
  attributes: Readonly<Record<string, string>> = {},
): Element => ({
  name,
  attributes,
  content: typeof content === 'string' ? content : content.filter((it) => it !== undefined),
})

/** An XML 1.0 document in UTF-8; the text is that of its elements and of line breaks between them alone. */
export const xmlDocument = (root: Element): string => `<?xml version="1.0" encoding="UTF-8"?>\n${elementText(root, '')}`

function elementText({ name, attributes, content }: Element, indent: string): string {
  const own = Object.entries(attributes).map(([key, value]) => ` ${key}="${escaped(value)}"`)
  const inner =
    typeof content === 'string'
      ? escaped(content)
      : `\n${content.map((it) => elementText(it, `${indent}  `)).join('')}${indent}`
  return `${indent}<${name}${own.join('')}>${inner}</${name}>\n`
}

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

const escaped = (text: string): string => text.replace(/[&<>"]/g, (sign) => escapes[sign] as string)

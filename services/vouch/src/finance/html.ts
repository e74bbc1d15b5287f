/** A piece of HTML: markup that is meant as such. Any other text is not, wherever it comes from. */
export class Markup {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

type Part = string | Markup | readonly Markup[]

/** Markup with texts in it, between tags or in quoted attributes; each is escaped. */
export function html(pieces: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return new Markup(
    pieces.map((piece, index) => (index === 0 ? '' : textOf(parts[index - 1] as Part)) + piece).join(''),
  )
}

function textOf(part: Part): string {
  if (typeof part === 'string') return escaped(part)
  return part instanceof Markup ? part.text : part.map(({ text }) => text).join('')
}

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

const escaped = (text: string): string => text.replace(/[&<>"']/g, (sign) => escapes[sign] as string)

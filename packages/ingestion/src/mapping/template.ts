import { type Either, left, right } from 'fp-ts/lib/Either.js'

/** Text with places to be filled from a row: `Order {order_id}`. */
export interface Template {
  readonly parts: readonly Part[]
}

type Part = { readonly tag: 'text'; readonly text: string } | { readonly tag: 'column'; readonly name: string }

/** The row's own id, made of its content; see row-id.ts. */
export const rowIdName = '$row'

/** One row of a CSV file, as templates see it. */
export interface Row {
  readonly values: readonly string[]
  /** What `{$row}` stands for. */
  id(): string
}

/** What a template is for one row; undefined if one of its columns is empty or blank there. */
export type RowText = (row: Row) => string | undefined

/** `{name}` is a column, `{$row}` the row's own id, `{{` and `}}` are braces. */
export function parseTemplate(text: string): Either<string, Template> {
  const parts: Part[] = []
  const token = /\{\{|\}\}|\{([^{}]*)\}|[{}]|[^{}]+/g
  let plain = ''
  for (const [whole, name] of text.matchAll(token)) {
    if (whole === '{{') plain += '{'
    else if (whole === '}}') plain += '}'
    else if (name === undefined && (whole === '{' || whole === '}')) {
      return left(`has a single ${whole}; write {column} for a column, or ${whole}${whole} for the brace itself`)
    } else if (name === undefined) plain += whole
    else if (name.trim() === '') return left('has {} without the name of a column')
    else {
      if (plain !== '') parts.push({ tag: 'text', text: plain })
      plain = ''
      parts.push({ tag: 'column', name: name.trim() })
    }
  }
  if (plain !== '') parts.push({ tag: 'text', text: plain })
  return right({ parts })
}

/** The columns a template names, without `$row`. */
export const columnsOf = ({ parts }: Template): readonly string[] =>
  parts.flatMap((part) => (part.tag === 'column' && part.name !== rowIdName ? [part.name] : []))

export const isConstant = ({ parts }: Template): boolean => parts.every((part) => part.tag === 'text')

/** @param columns index of each column in the row; it must have all that the template names */
export function bindTemplate({ parts }: Template, columns: ReadonlyMap<string, number>): RowText {
  const texts = parts.map((part) => bindPart(part, columns))
  if (texts.length === 0) return () => ''
  if (texts.length === 1) return texts[0] as RowText
  return (row) => {
    let whole = ''
    for (const text of texts) {
      const value = text(row)
      if (value === undefined) return undefined
      whole += value
    }
    return whole
  }
}

function bindPart(part: Part, columns: ReadonlyMap<string, number>): RowText {
  if (part.tag === 'text') return () => part.text
  if (part.name === rowIdName) return (row) => row.id()
  const index = columns.get(part.name) as number
  return ({ values }) => {
    const value = values[index] as string
    return value === '' || value.trim() === '' ? undefined : value
  }
}

import { isLeft } from 'fp-ts/lib/Either.js'
import { columnsOf, parseTemplate, type Template } from './template.ts'

/** How one value of an event's data is made of a row. */
export type Node =
  | { readonly tag: 'text'; readonly value: Template }
  | { readonly tag: 'number'; readonly value: Template }
  | { readonly tag: 'boolean'; readonly value: Template }
  | {
      readonly tag: 'money'
      readonly value: Template
      readonly currency: Template
      readonly decimal: '.' | ','
      readonly grouping: string | undefined
    }
  | {
      readonly tag: 'map'
      readonly value: Template
      readonly values: ReadonlyMap<string, Template>
      readonly otherwise: Template | undefined
    }
  | { readonly tag: 'object'; readonly fields: readonly (readonly [string, Node])[] }
  | { readonly tag: 'list'; readonly items: readonly Node[] }

export type Path = readonly (string | number)[]

/** Tells that something in a mapping is wrong, and where. */
export type Complain = (path: Path, message: string) => void

const operators: Readonly<Record<string, readonly string[]>> = {
  $money: ['currency', 'decimal', 'grouping'],
  $number: [],
  $boolean: [],
  $map: ['values', 'otherwise'],
}

/** Reads what a mapping says about one value; after a complaint the node is of no use. */
export function parseNode(input: unknown, path: Path, complain: Complain): Node {
  if (typeof input === 'string') return { tag: 'text', value: template(input, path, complain) }
  if (Array.isArray(input)) {
    return { tag: 'list', items: input.map((item, index) => parseNode(item, [...path, index], complain)) }
  }
  const record = (input ?? {}) as Readonly<Record<string, unknown>>
  const operator = Object.keys(record).find((key) => key.startsWith('$'))
  if (operator !== undefined) return parseOperator(operator, record, path, complain)
  return {
    tag: 'object',
    fields: Object.entries(record).map(([key, value]) => [key, parseNode(value, [...path, key], complain)] as const),
  }
}

function parseOperator(name: string, record: Readonly<Record<string, unknown>>, path: Path, complain: Complain): Node {
  const allowed = operators[name]
  if (allowed === undefined)
    complain([...path, name], `${name} is unknown; there are ${Object.keys(operators).join(', ')}`)
  else {
    const extra = Object.keys(record).filter((key) => key !== name && !allowed.includes(key))
    if (extra.length > 0) {
      const goes = allowed.length === 0 ? 'nothing else' : allowed.join(', ')
      complain([...path, extra[0] as string], `does not go with ${name}; ${goes} does`)
    }
  }
  const text = (key: string): Template | undefined =>
    record[key] === undefined ? undefined : template(record[key], [...path, key], complain)
  const value = text(name) as Template
  if (name === '$number') return { tag: 'number', value }
  if (name === '$boolean') return { tag: 'boolean', value }
  if (name === '$map')
    return { tag: 'map', value, values: parseValues(record.values, path, complain), otherwise: text('otherwise') }
  const { decimal = '.', grouping } = record
  const currency = text('currency')
  if (allowed !== undefined && currency === undefined) complain(path, '$money needs a currency, e.g. currency: EUR')
  if (decimal !== '.' && decimal !== ',') complain([...path, 'decimal'], 'must be "." or ","')
  if (grouping !== undefined && (typeof grouping !== 'string' || !/^[.,' ]$/.test(grouping) || grouping === decimal)) {
    complain([...path, 'grouping'], `must be one of . , ' or a blank, and another than the decimal mark`)
  }
  return {
    tag: 'money',
    value,
    currency: currency ?? noText,
    decimal: decimal as '.' | ',',
    grouping: grouping as string | undefined,
  }
}

function parseValues(input: unknown, path: Path, complain: Complain): ReadonlyMap<string, Template> {
  const at = [...path, 'values']
  if (typeof input !== 'object' || input === null || Array.isArray(input) || Object.keys(input).length === 0) {
    complain(path, '$map needs values, e.g. values: { Facebook: FB }')
    return new Map()
  }
  return new Map(Object.entries(input).map(([key, value]) => [key, template(value, [...at, key], complain)]))
}

const noText: Template = { parts: [] }

/** Reads one text that may name columns. */
export function template(input: unknown, path: Path, complain: Complain): Template {
  if (typeof input !== 'string') {
    complain(path, 'must be a text')
    return noText
  }
  const parsed = parseTemplate(input)
  if (isLeft(parsed)) {
    complain(path, parsed.left)
    return noText
  }
  return parsed.right
}

/** Each column that a node names, with the path of the template that does. */
export function columnsOfNode(node: Node, path: Path): readonly (readonly [Path, string])[] {
  const of = (value: Template, key?: string) =>
    columnsOf(value).map((name) => [key === undefined ? path : [...path, key], name] as const)
  switch (node.tag) {
    case 'text':
      return of(node.value)
    case 'number':
    case 'boolean':
      return of(node.value, `$${node.tag}`)
    case 'money':
      return [...of(node.value, '$money'), ...of(node.currency, 'currency')]
    case 'map':
      return [
        ...of(node.value, '$map'),
        ...[...node.values].flatMap(([key, value]) =>
          columnsOf(value).map((name) => [[...path, 'values', key], name] as const),
        ),
        ...(node.otherwise === undefined ? [] : of(node.otherwise, 'otherwise')),
      ]
    case 'object':
      return node.fields.flatMap(([key, child]) => columnsOfNode(child, [...path, key]))
    case 'list':
      return node.items.flatMap((child, index) => columnsOfNode(child, [...path, index]))
  }
}

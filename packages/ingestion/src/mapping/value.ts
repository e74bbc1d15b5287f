import type { Node } from './node.ts'
import { bindTemplate, type Row, type RowText, type Template } from './template.ts'

/** Why a row gives no value for a field. */
export type Fail = (field: string, reason: string) => void

/** What a node is for one row; undefined if it is left out there. */
export type RowValue = (row: Row, field: string, fail: Fail) => unknown

/**
 * Makes a function of a node, for rows with these columns. A value whose column is empty is left out, and so is an object or
 * list of which nothing is left.
 */
export function bindNode(node: Node, columns: ReadonlyMap<string, number>): RowValue {
  const bind = (value: Template): RowText => bindTemplate(value, columns)
  switch (node.tag) {
    case 'text':
      return bind(node.value)
    case 'number':
      return numberValue(bind(node.value))
    case 'boolean':
      return booleanValue(bind(node.value))
    case 'money': {
      const value = bind(node.value)
      const currency = bind(node.currency)
      const canonical = decimalText(node.decimal, node.grouping)
      return (row, field, fail) => {
        const text = value(row)?.trim()
        if (text === undefined) return undefined
        const decimal = canonical(text)
        if (decimal === undefined)
          fail(`${field}.value`, `${JSON.stringify(text)} is no amount with ${markNames(node)}`)
        return { value: decimal, currency: currency(row)?.trim() }
      }
    }
    case 'map': {
      const value = bind(node.value)
      const values = new Map([...node.values].map(([key, text]) => [key, bind(text)]))
      const otherwise = node.otherwise && bind(node.otherwise)
      const known = [...values.keys()].join(', ')
      return (row, field, fail) => {
        const text = value(row)
        if (text === undefined) return undefined
        const found = values.get(text) ?? otherwise
        if (found === undefined) fail(field, `${JSON.stringify(text)} is not among the mapping's values: ${known}`)
        return found?.(row)
      }
    }
    case 'object':
      return objectValue(node.fields.map(([key, child]) => [key, bindNode(child, columns)] as const))
    case 'list':
      return listValue(node.items.map((child) => bindNode(child, columns)))
  }
}

function numberValue(value: RowText): RowValue {
  return (row, field, fail) => {
    const text = value(row)?.trim()
    if (text === undefined) return undefined
    if (!/^-?(?:0|[1-9]\d*)(?:\.\d+)?$/.test(text)) fail(field, `${JSON.stringify(text)} is no number`)
    return Number(text)
  }
}

const booleans: Readonly<Record<string, boolean>> = {
  true: true,
  '1': true,
  yes: true,
  false: false,
  '0': false,
  no: false,
}

function booleanValue(value: RowText): RowValue {
  return (row, field, fail) => {
    const text = value(row)?.trim()
    if (text === undefined) return undefined
    const found = booleans[text.toLowerCase()]
    if (found === undefined) fail(field, `${JSON.stringify(text)} is neither true, yes or 1 nor false, no or 0`)
    return found
  }
}

function objectValue(fields: readonly (readonly [string, RowValue])[]): RowValue {
  return (row, field, fail) => {
    const made: Record<string, unknown> = {}
    let some = fields.length === 0
    for (const [key, value] of fields) {
      const item = value(row, field === '' ? key : `${field}.${key}`, fail)
      if (item === undefined) continue
      made[key] = item
      some = true
    }
    return some ? made : undefined
  }
}

function listValue(items: readonly RowValue[]): RowValue {
  return (row, field, fail) => {
    const made = items
      .map((value, index) => value(row, `${field}[${index}]`, fail))
      .filter((item) => item !== undefined)
    return made.length === 0 && items.length > 0 ? undefined : made
  }
}

/** Turns an amount with its own marks into one with a point and no grouping; undefined if it is not written so. */
function decimalText(decimal: '.' | ',', grouping: string | undefined): (text: string) => string | undefined {
  if (decimal === '.' && grouping === undefined) return (text) => text
  const mark = `\\${decimal}`
  const group = grouping === undefined ? undefined : `\\${grouping}`
  const whole = group === undefined ? '\\d+' : `(?:\\d{1,3}(?:${group}\\d{3})+|\\d+)`
  const pattern = new RegExp(`^(-?${whole})(?:${mark}(\\d+))?$`)
  return (text) => {
    const found = pattern.exec(text)
    if (found === null) return undefined
    const digits = (found[1] as string).replaceAll(grouping ?? '', '')
    return found[2] === undefined ? digits : `${digits}.${found[2]}`
  }
}

const markNames = ({
  decimal,
  grouping,
}: {
  readonly decimal: string
  readonly grouping: string | undefined
}): string => `the decimal mark "${decimal}"${grouping === undefined ? '' : ` and groups of three by "${grouping}"`}`

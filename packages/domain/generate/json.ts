/**
 * JSON text with an indent of two, lists of plain values on one line where they fit: laid out as the formatter of this
 * repository would do it, so that what is generated passes its check.
 */
export function jsonText(value: unknown, width = 120): string {
  return `${print(value, '', 0, width)}\n`
}

/** `before`: how many characters of the line stand before the value. */
function print(value: unknown, indent: string, before: number, width: number): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const deeper = `${indent}  `
  if (Array.isArray(value)) {
    const line = `[${value.map((element) => JSON.stringify(element)).join(', ')}]`
    const plain = value.every((element) => typeof element !== 'object' || element === null)
    // One character more for the comma that may follow.
    if (plain && before + line.length + 1 <= width) return line
    return `[\n${value.map((element) => deeper + print(element, deeper, deeper.length, width)).join(',\n')}\n${indent}]`
  }
  const entries = Object.entries(value).map(([key, element]) => {
    const start = `${deeper}${JSON.stringify(key)}: `
    return start + print(element, deeper, start.length, width)
  })
  return entries.length === 0 ? '{}' : `{\n${entries.join(',\n')}\n${indent}}`
}

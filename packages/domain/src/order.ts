/** Where and when an event happened, as it decides order: by time in ms, then source, then id. */
export interface Occurrence {
  readonly time: number
  readonly source: string
  readonly id: string
}

/** Compares as UTF-8 bytes do, which is the order that SQL gives, also beyond the basic plane. */
export function compareText(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let index = 0; index < length; index++) {
    const x = a.charCodeAt(index)
    const y = b.charCodeAt(index)
    if (x === y) continue
    const xSurrogate = x >= 0xd800 && x <= 0xdfff
    const ySurrogate = y >= 0xd800 && y <= 0xdfff
    if (xSurrogate !== ySurrogate) return xSurrogate ? 1 : -1
    return x - y
  }
  return a.length - b.length
}

/** The one order of the contract: never by arrival. */
export function compareOccurrence(a: Occurrence, b: Occurrence): number {
  return a.time - b.time || compareText(a.source, b.source) || compareText(a.id, b.id)
}

/** Puts an item in its place in a list that is in order already. */
export function insertInOrder<T extends Occurrence>(list: T[], item: T): void {
  let index = list.length
  while (index > 0 && compareOccurrence(list[index - 1] as T, item) > 0) index--
  if (index === list.length) list.push(item)
  else list.splice(index, 0, item)
}

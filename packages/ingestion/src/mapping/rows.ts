import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js'
import { type Incoming, type ReadItem, unreadable } from '../incoming.ts'
import type { CsvRecord } from '../read/csv.ts'
import { bindConditions } from './condition.ts'
import type { EventTemplate, Mapping } from './mapping.ts'
import { columnsOfNode, type Path } from './node.ts'
import { createRowIds } from './row-id.ts'
import type { MappingProblems } from './schema.ts'
import { bindTemplate, columnsOf, type Row } from './template.ts'
import { bindNode } from './value.ts'

/** Makes events of the rows of one file, in the order of the mapping; a row whose conditions all fail makes none. */
export type RowMapper = (record: CsvRecord) => readonly ReadItem[]

/**
 * Binds a mapping to a file by its header.
 * @param path of the file, for problems to name
 * @returns the columns that the mapping names and the file has not, or has twice
 */
export function bindMapping(
  mapping: Mapping,
  header: readonly string[],
  path: string,
): Either<MappingProblems, RowMapper> {
  const names = header.map((name) => name.trim())
  const problems = [...new Set(mapping.events.flatMap((event, index) => columnProblems(event, index, names, path)))]
  if (problems.length > 0) return left(problems.map((problem) => `${mapping.name}: ${problem}`))
  const columns = new Map(names.map((name, index) => [name, index]))
  const makers = mapping.events.map((event) => bindEvent(event, columns))
  const idOf = createRowIds(names)
  return right(({ content, ...place }) => {
    if ('reason' in content) return [{ ...place, incoming: unreadable(content.reason) }]
    const { values } = content
    if (values.length !== names.length) {
      const reason = `this row has ${counted(values.length)} and the header has ${names.length}; quote what holds a delimiter`
      return [{ ...place, incoming: unreadable(reason) }]
    }
    let id: string | undefined
    const row: Row = {
      values,
      id: () => {
        id ??= idOf(values)
        return id
      },
    }
    const items: ReadItem[] = []
    for (const make of makers) {
      const incoming = make(row)
      if (incoming !== undefined) items.push({ ...place, incoming })
    }
    return items
  })
}

const counted = (columns: number): string => (columns === 1 ? '1 column' : `${columns} columns`)

function columnProblems(event: EventTemplate, index: number, names: readonly string[], path: string): string[] {
  const texts = (['id', 'source', 'time'] as const).flatMap((key) =>
    columnsOf(event[key]).map((name) => [[key], name] as const),
  )
  const conditions = Object.keys(event.when).map((name) => [['when'], name] as const)
  const used: readonly (readonly [Path, string])[] = [...texts, ...conditions, ...columnsOfNode(event.data, ['data'])]
  return used.flatMap(([at, name]) => {
    const times = names.filter((it) => it === name).length
    if (times === 1) return []
    const place = `events[${index}]${at.map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`)).join('')}`
    const found = times === 0 ? `does not have; it has ${names.join(', ')}` : `has ${times} times`
    return [`${place} names the column "${name}", which ${path} ${found}.`]
  })
}

function bindEvent(event: EventTemplate, columns: ReadonlyMap<string, number>): (row: Row) => Incoming | undefined {
  const { type, readTime } = event
  const applies = bindConditions(event.when, columns)
  const id = bindTemplate(event.id, columns)
  const source = bindTemplate(event.source, columns)
  const time = bindTemplate(event.time, columns)
  const data = bindNode(event.data, columns)
  return (row) => {
    if (!applies(row)) return undefined
    let problem: Incoming | undefined
    const fail = (field: string, reason: string): void => {
      problem ??= unreadable(reason, field)
    }
    const text = time(row)
    const read = text === undefined ? undefined : readTime(text)
    if (read !== undefined && isLeft(read)) fail('time', read.left)
    const value = {
      specversion: '1.0',
      id: id(row),
      source: source(row),
      type,
      time: read !== undefined && !isLeft(read) ? read.right : undefined,
      data: data(row, 'data', fail) ?? {},
    }
    return problem ?? { tag: 'value', value }
  }
}

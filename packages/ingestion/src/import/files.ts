import { readFile } from 'node:fs/promises'
import { isLeft } from 'fp-ts/lib/Either.js'
import type { ReadItem } from '../incoming.ts'
import { chooseMapping, isNamedBy, type Mapping, parseMapping } from '../mapping/mapping.ts'
import { bindMapping, type RowMapper } from '../mapping/rows.ts'
import { readCsv, UnusableCsv } from '../read/csv.ts'
import { readNdjson } from '../read/ndjson.ts'
import { type ByteSource, openSource, UnreadableFile } from '../read/source.ts'
import { unusable } from './failure.ts'

/** A file to import, and how its rows become events if it is CSV. */
export interface FileToImport {
  readonly source: ByteSource
  readonly mapping: Mapping | undefined
}

/** @throws ImportStop that names everything wrong with any of them */
export async function readMappings(paths: readonly string[]): Promise<readonly Mapping[]> {
  const mappings: Mapping[] = []
  const problems: string[] = []
  for (const path of paths) {
    const yaml = await readFile(path, 'utf8').catch((error: { code?: string; message: string }) => {
      problems.push(
        `The mapping ${path} ${error.code === 'ENOENT' ? 'does not exist' : `cannot be read: ${error.message}`}.`,
      )
    })
    if (yaml === undefined) continue
    const mapping = parseMapping(yaml, path)
    if (isLeft(mapping)) problems.push(...mapping.left)
    else mappings.push(mapping.right)
  }
  if (problems.length > 0) throw unusable(problems)
  return mappings
}

const csvName = /\.(?:csv|tsv)(?:\.gz)?$/i

/** @throws ImportStop that names everything wrong with any of them */
export async function openFiles(
  paths: readonly string[],
  mappings: readonly Mapping[],
): Promise<readonly FileToImport[]> {
  const files: FileToImport[] = []
  const problems: string[] = []
  for (const path of paths) {
    try {
      const source = await openSource(path)
      if (!isCsv(path, mappings)) {
        files.push({ source, mapping: undefined })
        continue
      }
      const mapping = chooseMapping(mappings, path)
      if (isLeft(mapping)) problems.push(mapping.left)
      else files.push({ source, mapping: mapping.right })
    } catch (error) {
      if (!(error instanceof UnreadableFile)) throw error
      problems.push(error.message)
    }
  }
  if (problems.length > 0) throw unusable(problems)
  return files
}

/** By its name, or since a mapping says that it is for it. */
const isCsv = (path: string, mappings: readonly Mapping[]): boolean =>
  csvName.test(path) || mappings.some((mapping) => isNamedBy(mapping, path))

/** @param onUnmapped called for each row that makes no event */
export function readItems(
  { source, mapping }: FileToImport,
  onUnmapped: () => void,
): AsyncIterable<readonly ReadItem[]> {
  return mapping === undefined ? readNdjson(source.chunks()) : readRows(source, mapping, onUnmapped)
}

async function* readRows(
  source: ByteSource,
  mapping: Mapping,
  onUnmapped: () => void,
): AsyncGenerator<readonly ReadItem[]> {
  const { path } = source
  let toItems: RowMapper | undefined
  try {
    for await (const records of readCsv(source.chunks(), { delimiter: mapping.delimiter })) {
      const items: ReadItem[] = []
      for (const record of records) {
        if (toItems === undefined) {
          if ('reason' in record.content)
            throw unusable([`The header of ${path} cannot be read: ${record.content.reason}.`])
          const bound = bindMapping(mapping, record.content.values, path)
          if (isLeft(bound)) throw unusable(bound.left)
          toItems = bound.right
          continue
        }
        const made = toItems(record)
        if (made.length === 0) onUnmapped()
        for (const item of made) items.push(item)
      }
      yield items
    }
  } catch (error) {
    throw error instanceof UnusableCsv ? unusable([`${path} cannot be read as CSV: ${error.message}.`]) : error
  }
}

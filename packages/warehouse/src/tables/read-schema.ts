import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { withOwnViews } from './own.ts'
import { joinSchemas, readTablesFile, type Schema } from './tables-file.ts'

/**
 * The projections' tables files as one schema, with the warehouse's own views.
 * @throws WarehouseError `bad-tables`
 */
export function readSchema(files: readonly URL[]): Schema {
  const schemas = files.map((url) => readTablesFile(readFileSync(url, 'utf8'), fileURLToPath(url)))
  return withOwnViews(joinSchemas(schemas))
}

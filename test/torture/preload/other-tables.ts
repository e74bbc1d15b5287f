// Makes the process that it is loaded into one of another version of vouch: two tables are stored with another codec, so that
// a folder that this version has written must be migrated, and the other way round.
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'

const { readFileSync } = fs

const otherCodec = (sql: string): string =>
  sql.replaceAll(/CREATE TABLE vouch_store\.(touches|rewards) \([^;]*;/g, (table) =>
    table.replaceAll('CODEC(DoubleDelta, ZSTD)', 'CODEC(ZSTD)'),
  )

fs.readFileSync = ((...parameters: Parameters<typeof readFileSync>) => {
  const [path] = parameters
  const content = readFileSync(...parameters)
  return typeof content === 'string' && String(path).endsWith('/projections/attribution/tables.sql')
    ? otherCodec(content)
    : content
}) as typeof readFileSync
syncBuiltinESMExports()

import { rmSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Column } from '../block/columns.ts'
import { quote } from '../clickhouse.ts'

/** The way of a block into the engine, which takes text alone from memory, and reads that several times as slowly. */
export interface BlockFile {
  /** Puts a block in the place of the one before. */
  write(block: Buffer): Promise<void>
  /** What stands for it in a query's FROM. */
  from(columns: readonly Column[]): string
  remove(): void
}

/**
 * Lies beside the tables. ClickHouse takes some characters of a name for a pattern, and then finds nothing and says nothing;
 * a folder that has any is given a file elsewhere.
 * @param number of the files of one folder
 */
export function blockFile(folder: string, number: number): BlockFile {
  const path = /[*?{}[\]|]/.test(folder)
    ? join(tmpdir(), `vouch-block-${process.pid}-${number}.native`)
    : join(folder, `block-${number}.native`)
  rmSync(path, { force: true })
  return {
    write: (block) => writeFile(path, block, { mode: 0o600 }),
    from(columns) {
      const structure = columns.map(({ name, type }) => `${name} ${type}`).join(', ')
      return `file(${quote(path)}, Native, ${quote(structure)})`
    },
    remove: () => rmSync(path, { force: true }),
  }
}

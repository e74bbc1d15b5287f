import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { OpenedWarehouse } from '../conformance/harness.ts'
import type { Limits } from '../strangers/limits.ts'
import { openChdbWarehouse } from './open.ts'

/** A folder of its own for a spec, and the way to be rid of it. */
export function temporaryFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'vouch-warehouse-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

/** A real warehouse in a folder of its own, for the conformance suite. */
export async function openTemporary(tables: readonly URL[], limits: Partial<Limits> = {}): Promise<OpenedWarehouse> {
  const { path, remove } = temporaryFolder()
  const warehouse = await openChdbWarehouse({ path, tables, clock: () => Date.UTC(2026, 2, 1), limits })
  return { warehouse, dispose: () => warehouse.close().finally(remove) }
}

import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Warehouse } from '@vouch/warehouse'
import { type Folding, openFolding } from './folding.ts'
import type { Projection } from './projection.ts'
import { type DurableState, openState } from './sqlite-state.ts'

export interface GenerationParts {
  /** Folder for the fold state of each generation. */
  readonly folder: string
  readonly projections: readonly Projection[]
  readonly warehouse: Warehouse
  readonly cacheSize?: number | undefined
}

/** What a generation is made by, so that one made by other code is recognised. */
export const madeByOf = (projections: readonly Projection[]): string =>
  projections.map(({ name, version }) => `${name} ${version}`).join(', ')

const fileOf = (folder: string, generation: number): string => join(folder, `state-${generation}.db`)

/** Opens a generation at its last checkpoint. */
export function openGeneration(parts: GenerationParts, generation: number): { folding: Folding; state: DurableState } {
  const { folder, projections, warehouse, cacheSize } = parts
  const madeBy = madeByOf(projections)
  const state = openState({
    path: fileOf(folder, generation),
    madeBy,
    ...(cacheSize === undefined ? {} : { cacheSize }),
  })
  return { folding: openFolding({ generation, projections, state, warehouse }), state }
}

/** As `openGeneration`; a state that cannot be read is thrown away, to be made anew from the log. */
export function reopenGeneration(parts: GenerationParts, generation: number): ReturnType<typeof openGeneration> {
  try {
    return openGeneration(parts, generation)
  } catch {
    removeState(parts.folder, generation)
    return openGeneration(parts, generation)
  }
}

/** A number that no generation has or, as far as files and tables tell, ever had. */
export async function nextGeneration({ folder, warehouse }: GenerationParts): Promise<number> {
  const slots = await Promise.all([warehouse.published('live'), warehouse.published('asof')])
  const known = [
    ...(await warehouse.generations()),
    ...stateFiles(folder),
    ...slots.map((slot) => slot?.generation ?? 0),
  ]
  return Math.max(0, ...known) + 1
}

/** Removes what a crash or a finished rebuild left behind: all generations but those kept. */
export async function sweep({ folder, warehouse }: GenerationParts, keep: ReadonlySet<number>): Promise<number[]> {
  const left = new Set([...(await warehouse.generations()), ...stateFiles(folder)])
  const swept = [...left].filter((generation) => !keep.has(generation))
  for (const generation of swept) {
    await warehouse.dropGeneration(generation)
    removeState(folder, generation)
  }
  return swept
}

export function removeState(folder: string, generation: number): void {
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${fileOf(folder, generation)}${suffix}`, { force: true })
}

function stateFiles(folder: string): number[] {
  return readdirSync(folder).flatMap((name) => {
    const match = /^state-(\d+)\.db$/.exec(name)
    return match ? [Number(match[1])] : []
  })
}

import { randomInt, randomUUID } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Founding, type Warehouse, WarehouseError } from '@vouch/warehouse'
import { type Folding, nameInState, openFolding } from './folding.ts'
import type { Projection } from './projection.ts'
import type { Breathe } from './slices.ts'
import type { Packings } from './state/entities.ts'
import { type DurableState, openState } from './state/sqlite-state.ts'
import { StateUnusable } from './state/state-file.ts'

export interface GenerationParts {
  /** Folder for the fold state of each generation. */
  readonly folder: string
  readonly projections: readonly Projection[]
  readonly warehouse: Warehouse
  /** What rows go through, in place of the warehouse itself. */
  readonly writer?: Pick<Warehouse, 'rowSet' | 'insert'> | undefined
  /** How states are opened; for specs that let them fail. */
  readonly openState?: typeof openState | undefined
  /** How much of each fold's state to keep in memory, in bytes of JSON text, roughly; default 128 MiB. */
  readonly cacheBytes?: number | undefined
  /** Rows of one table to hold before they are written, while catching up; default 100,000. */
  readonly blockRows?: number | undefined
  /** Whether other processes may write to the warehouse, too: nothing is then taken back or dropped that may be theirs. */
  readonly shared?: boolean | undefined
}

/** Rows in the warehouse, and the state that goes on writing them. */
export interface Generation {
  readonly folding: Folding
  readonly state: DurableState
  /** Whether the state begins with this: what was written of the generation before, and by which code, nobody knows. */
  readonly isNew: boolean
}

/** What a generation is made by, so that one made by other code is recognised. */
export const madeByOf = (projections: readonly Projection[]): string =>
  projections.map(({ name, version }) => `${name} ${version}`).join(', ')

const packingsOf = (projections: readonly Projection[]): Packings =>
  new Map(
    projections.flatMap(({ name, packings = {} }) =>
      Object.entries(packings).map(([kind, packing]) => [nameInState(name, kind), packing] as const),
    ),
  )

const fileOf = (folder: string, generation: number): string => join(folder, `state-${generation}.db`)

/** Whether a folder has the state of a generation. */
export const hasState = (folder: string, generation: number): boolean => existsSync(fileOf(folder, generation))

/**
 * Opens a generation at its last checkpoint; a state that nothing can be done with is thrown away for an empty one.
 * @param insertAfter rows up to this log position are durable already
 */
export function openGeneration(
  parts: GenerationParts,
  generation: number,
  breathe: Breathe,
  insertAfter = 0n,
): Generation {
  const { folder, projections, cacheBytes, blockRows, openState: open = openState } = parts
  const warehouse = parts.writer ?? parts.warehouse
  const path = fileOf(folder, generation)
  const options = { path, madeBy: madeByOf(projections), packings: packingsOf(projections), cacheBytes, breathe }
  let state: DurableState
  let isNew = !hasState(folder, generation)
  try {
    state = open(options)
  } catch (error) {
    if (!(error instanceof StateUnusable)) throw error
    removeState(folder, generation)
    isNew = true
    state = open(options)
  }
  const folding = openFolding({ generation, projections, state, warehouse, blockRows, insertAfter, breathe })
  return { state, folding, isNew }
}

/**
 * A number that no generation has or, as far as files and tables tell, ever had: what a process had sent off when it died
 * may still come, and must not be taken for a part of another.
 */
export async function nextGeneration(parts: GenerationParts): Promise<number> {
  const { folder, warehouse } = parts
  const slots = await Promise.all([warehouse.published('live'), warehouse.published('asof')])
  const known = [
    ...(await warehouse.generations()),
    ...stateFiles(folder),
    ...slots.map((slot) => slot?.generation ?? 0),
    newestEver(folder),
  ]
  const least = Math.max(0, ...known) + 1
  const next = parts.shared ? await claim(parts, least) : least
  noteNewest(folder, next)
  return next
}

const alone = ' (alone, '

/** Whether a generation of a shared warehouse is one process's, and not a group's. */
export const isMadeAlone = ({ madeBy }: Founding): boolean => madeBy.includes(alone)

/** Begins a generation that nobody else has begun. Two who try the same number may both let go of it. */
async function claim({ warehouse, projections }: GenerationParts, least: number): Promise<number> {
  const madeBy = `${madeByOf(projections)}${alone}${randomUUID()})`
  for (let next = least; ; next += randomInt(1, 4)) {
    try {
      await warehouse.shared.found(next, { madeBy, partitions: 1 })
      return next
    } catch (error) {
      if (!(error instanceof WarehouseError) || error.fault !== 'other-generation') throw error
    }
  }
}

const newestFile = (folder: string): string => join(folder, 'newest-generation')

/** 0 if nothing is noted, or nothing that makes sense. */
function newestEver(folder: string): number {
  const file = newestFile(folder)
  const text = existsSync(file) ? readFileSync(file, 'utf8') : ''
  return /^[1-9]\d{0,8}$/.test(text) ? Number(text) : 0
}

/** A crash leaves the former note or this one. */
function noteNewest(folder: string, generation: number): void {
  const file = newestFile(folder)
  writeFileSync(`${file}.new`, String(generation), { flush: true })
  renameSync(`${file}.new`, file)
}

/**
 * Removes what a crash or a failure left behind: all generations but those that are shown, and all states but the live. In a
 * warehouse that is shared, what is newer than the live generation may be another's; an older one is never shown again.
 */
export async function sweep({ folder, warehouse, shared }: GenerationParts): Promise<void> {
  const [live, asof] = await Promise.all([warehouse.published('live'), warehouse.published('asof')])
  const isShown = (generation: number) => generation === live?.generation || generation === asof?.generation
  for (const generation of await warehouse.generations()) {
    if (isShown(generation) || (shared && generation >= (live?.generation ?? 0))) continue
    await warehouse.dropGeneration(generation)
  }
  for (const generation of stateFiles(folder)) if (generation !== live?.generation) removeState(folder, generation)
}

/** The file goes last: without the others it is an earlier checkpoint, while they could spoil a new file of its name. */
export function removeState(folder: string, generation: number): void {
  for (const suffix of ['-wal', '-shm', '']) rmSync(`${fileOf(folder, generation)}${suffix}`, { force: true })
}

function stateFiles(folder: string): number[] {
  return readdirSync(folder).flatMap((name) => {
    const match = /^state-(\d+)\.db$/.exec(name)
    return match ? [Number(match[1])] : []
  })
}

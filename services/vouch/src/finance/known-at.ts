import type { Engine } from '../engine.ts'
import { Failure } from '../failure.ts'
import { readPeriods } from './periods.ts'

/** As what a report tells what it tells. */
export interface KnownAt {
  /** The log position up to which all is taken into account. */
  readonly position: bigint
  /** Whether the month that it is about was closed there, so that no more comes to it. */
  readonly isClosed: boolean
}

export interface MonthAsked {
  readonly programId: string
  /** 'YYYY-MM' */
  readonly period: string
  /** As it was known there; default: now. */
  readonly at?: bigint | undefined
}

/** As what a month of a program is told: from its declaration on, whatever comes later, as it was declared. */
export async function monthKnownAt(
  engine: Pick<Engine, 'projector' | 'store'>,
  { programId, period, at }: MonthAsked,
): Promise<KnownAt> {
  const position = await positionKnown(engine, at)
  const { periods } = await readPeriods(engine.store, programId)
  const declaredAt = periods.find((it) => it.period === period)?.declared?.position
  if (declaredAt === undefined || declaredAt > position) return { position, isClosed: false }
  return { position: declaredAt, isClosed: true }
}

/**
 * The position that is asked for, else the newest one.
 * @throws Failure for one that the tables do not have
 */
export async function positionKnown({ projector }: Pick<Engine, 'projector'>, at?: bigint): Promise<bigint> {
  const { position } = await projector.progress()
  if (at !== undefined && at > position)
    throw new Failure(`The tables are at position ${position}; ask for that one, or for one before it.`)
  return at ?? position
}

import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js'
import type { Engine } from '../engine.ts'
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
): Promise<Either<NotKnown, KnownAt>> {
  const known = await positionKnown(engine, at)
  if (isLeft(known)) return known
  const position = known.right
  const { periods } = await readPeriods(engine.store, programId)
  const declaredAt = periods.find((it) => it.period === period)?.declared?.position
  if (declaredAt === undefined || declaredAt > position) return right({ position, isClosed: false })
  return right({ position: declaredAt, isClosed: true })
}

/** Why nothing can be told as it was known at a position. */
export interface NotKnown {
  readonly tag: 'not-reached'
  readonly says: string
}

/** The position that is asked for, else the newest one. */
export async function positionKnown(
  { projector }: Pick<Engine, 'projector'>,
  at?: bigint,
): Promise<Either<NotKnown, bigint>> {
  const { position } = await projector.progress()
  if (at === undefined || at <= position) return right(at ?? position)
  const says = `The tables are at position ${position}; ask for that one, or for one before it.`
  return left({ tag: 'not-reached', says })
}

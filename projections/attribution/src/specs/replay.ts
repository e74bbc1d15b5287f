import { parseEvent } from '@vouch/domain'
import { type FoldState, memoryState, type Row, type LoggedEvent as Stored } from '@vouch/projector'
import type { LoggedEvent } from '@vouch/testing'
import { isLeft } from 'fp-ts/lib/Either.js'
import { fold } from '../fold.ts'

/** An event as the log would hold it. @throws Error if it would be rejected on its way there */
export function stored({ position, recordedAt, event }: LoggedEvent): Stored {
  const wire = { specversion: '1.0', ...event, time: new Date(event.time).toISOString() }
  const parsed = parseEvent(wire, Number.MAX_SAFE_INTEGER / 2)
  if (isLeft(parsed)) throw new Error(`${event.type} ${event.id}: ${parsed.left.field}: ${parsed.left.reason}`)
  return { position: BigInt(position), recordedAt, event: parsed.right }
}

/** Folds a log as it would come from the event store; each row with its position. */
export function replay(
  log: readonly LoggedEvent[],
  state: FoldState = memoryState(),
): (Row & { readonly position: number })[] {
  return log.flatMap((logged) => fold(state, stored(logged)).map((row) => ({ ...row, position: logged.position })))
}

/** Sums the rows of a table by a key; keys whose every sum is zero are left out. */
export function totals(
  rows: readonly Row[],
  table: string,
  key: (values: Record<string, string>) => string,
  sums: readonly string[],
): Record<string, string[]> {
  const found = new Map<string, bigint[]>()
  for (const row of rows) {
    if (row.table !== table) continue
    const values = row.values as Record<string, string>
    const at = key(values)
    const sum = found.get(at) ?? sums.map(() => 0n)
    sums.forEach((column, index) => {
      sum[index] = (sum[index] as bigint) + scaled(String(values[column]))
    })
    found.set(at, sum)
  }
  const entries = [...found].filter(([, sum]) => sum.some((it) => it !== 0n))
  return Object.fromEntries(entries.sort().map(([at, sum]) => [at, sum.map(unscaled)]))
}

/** A decimal of up to nine digits after the point, in units of 1e-9. */
export function scaled(text: string): bigint {
  const [whole = '0', fraction = ''] = text.replace('-', '').split('.')
  const units = BigInt(whole + fraction.padEnd(9, '0'))
  return text.startsWith('-') ? -units : units
}

function unscaled(units: bigint): string {
  const digits = (units < 0n ? -units : units).toString().padStart(10, '0')
  const text = `${digits.slice(0, -9)}.${digits.slice(-9)}`.replace(/\.?0+$/, '')
  return units < 0n ? `-${text}` : text
}

import { toMinor } from '@vouch/domain'
import type { AskedTables } from '../folds.ts'
import { totalsJson } from './conversion-json.ts'

/** A conversion of balances in one line. */
export interface ListedConversion {
  readonly conversionId: string
  readonly programId: string
  readonly from: string
  readonly to: string
  readonly rate: string
  readonly asOf: string
  readonly by: string
  readonly convertedAt: string
  readonly lines: number
  readonly totals: ReturnType<typeof totalsJson>
}

/** All conversions of balances, oldest first; those of one program if one is named. */
export async function listConversions(
  warehouse: AskedTables,
  programId: string | undefined,
): Promise<ListedConversion[]> {
  const rows = await warehouse.rows<
    Record<
      'conversion' | 'program' | 'source' | 'target' | 'price' | 'day' | 'who' | 'time' | 'taken' | 'given',
      string
    > & {
      readonly lines: number
    }
  >(
    `SELECT toString(any(conversion_id)) AS conversion, toString(any(program_id)) AS program, toString(any(from_currency)) AS source,
       toString(any(to_currency)) AS target, toString(any(rate)) AS price, toString(any(as_of)) AS day, toString(any(actor)) AS who,
       formatDateTime(any(occurred_at), '%Y-%m-%dT%H:%i:%SZ', 'UTC') AS time, toUInt32(count()) AS lines,
       toString(sum(from_amount)) AS taken, toString(sum(to_amount)) AS given
     FROM vouch.balance_conversions WHERE {programId:String} IN ('', program_id)
     GROUP BY position ORDER BY position`,
    { programId: programId ?? '' },
  )
  return rows.map(({ conversion, program, source, target, price, day, who, time, lines, taken, given }) => ({
    conversionId: conversion,
    programId: program,
    from: source,
    to: target,
    rate: price,
    asOf: day,
    by: who,
    convertedAt: time,
    lines,
    totals: totalsJson({ from: source, to: target, rate: price }, [
      {
        fromMinor: toMinor({ value: taken, currency: source }),
        toMinor: toMinor({ value: given, currency: target }),
      },
    ]),
  }))
}

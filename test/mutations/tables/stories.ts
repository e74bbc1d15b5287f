import type { LoggedEvent, TableRow } from '../../../packages/testing/src/index.ts'
import { changed, type Kind, ofTable, renumbered, replaced, type Subject, some, valuesOf } from './mutation.ts'

/** Falsifications that tell a consistent, wrong story: what a thief or a subtle defect would leave behind. */
export const stories: readonly Kind[] = [
  {
    name: 'a touch that lost is credited in place of one that counts',
    mutants(subject) {
      const { rows, random } = subject
      return some(random, lostTouches(subject), 6).flatMap(({ conversion, touch, advocate }) => {
        const credited = some(
          random,
          ofTable(rows, 'attributions').filter((row) => valuesOf(row).conversion_id === conversion),
          1,
        )
        return credited.map((row) => ({
          table: 'attributions',
          rows: replaced(rows, row, changed(row, { touch_id: touch, advocate_id: advocate })),
        }))
      })
    },
  },
  {
    name: 'two advocates are exchanged in all rows of a conversion',
    mutants: ({ rows, random }) =>
      some(random, conversionsWith(rows, 'advocate_id'), 3).map(([conversion, [one = '', other = '']]) => ({
        table: 'attributions',
        rows: rows.map((row) => {
          const { conversion_id, advocate_id = '' } = valuesOf(row)
          const mine = row.table === 'attributions' && conversion_id === conversion
          if (!mine || ![one, other].includes(advocate_id)) return row
          return changed(row, { advocate_id: advocate_id === one ? other : one })
        }),
      })),
  },
  {
    name: 'two models are exchanged in all rows of a conversion',
    mutants: ({ rows, random }) =>
      some(random, conversionsWith(rows, 'touch_id'), 3).map(([conversion]) => ({
        table: 'attributions',
        rows: rows.map((row) => {
          const { conversion_id, model = '' } = valuesOf(row)
          const other: Record<string, string> = { 'first-touch': 'last-touch', 'last-touch': 'first-touch' }
          const mine = row.table === 'attributions' && conversion_id === conversion
          return mine && model in other ? changed(row, { model: other[model] }) : row
        }),
      })),
  },
  {
    name: 'a reward goes to another in all its rows',
    mutants: ({ rows, random }) =>
      some(random, ofTable(rows, 'rewards'), 3).map((chosen) => ({
        table: 'rewards',
        rows: rows.map((row) =>
          row.table === 'rewards' && row.values.reward_id === chosen.values.reward_id
            ? changed(row, { beneficiary_id: 'someone-else' })
            : row,
        ),
      })),
  },
  {
    name: 'what a refund wrote is missing',
    mutants: ({ rows, log, random }) =>
      ['conversions', 'attributions', 'rewards'].flatMap((table) =>
        some(random, refundsIn(log, ofTable(rows, table)), 3).map((position) => ({
          table,
          rows: rows.filter((row) => row.table !== table || row.position !== position),
        })),
      ),
  },
  {
    name: 'what a refund wrote is there twice',
    mutants: ({ rows, log, random }) =>
      some(random, refundsIn(log, ofTable(rows, 'conversions')), 3).map((position) => ({
        table: 'all',
        rows: renumbered(
          rows.flatMap((row) => (row.position === position && row.table !== 'events' ? [row, row] : [row])),
        ),
      })),
  },
  {
    name: 'a reason is replaced by another',
    mutants: ({ rows, random }) =>
      some(random, ofTable(rows, 'exclusions'), 8).flatMap((row) => {
        const others = ofTable(rows, 'exclusions').filter((one) => one.values.reason !== row.values.reason)
        const reason = random.any(others)?.values.reason ?? 'unknown-code'
        return [{ table: 'exclusions', column: 'reason', rows: replaced(rows, row, changed(row, { reason })) }]
      }),
  },
  {
    name: 'an exclusion is dropped together with its retraction',
    mutants: ({ rows, random }) =>
      some(
        random,
        ofTable(rows, 'exclusions').filter(({ values }) => Number(values.sign) === -1),
        4,
      ).map((row) => {
        const same = (one: TableRow) =>
          one.table === 'exclusions' && whatOf(one) === whatOf(row) && one.position <= row.position
        return { table: 'exclusions', rows: renumbered(rows.filter((one) => !same(one))) }
      }),
  },
  {
    name: 'an exclusion is invented',
    mutants: ({ rows, random }) =>
      some(random, ofTable(rows, 'exclusions'), 4).map((row) => {
        const invented = changed(row, { sign: 1, reason: 'advocate-suspended', event_id: `${row.values.event_id}-too` })
        return { table: 'exclusions', rows: renumbered(replaced(rows, row, row, invented)) }
      }),
  },
  {
    name: 'an exclusion is invented and retracted at once',
    mutants: ({ rows, random }) =>
      some(random, ofTable(rows, 'exclusions'), 4).map((row) => {
        const invented = changed(row, { sign: 1, reason: 'advocate-suspended' })
        const rest = [row, invented, changed(invented, { sign: -1 })]
        return { table: 'exclusions', rows: renumbered(replaced(rows, row, ...rest)) }
      }),
  },
]

/** Positions of the refunds that wrote any of these rows. */
function refundsIn(log: readonly LoggedEvent[], rows: readonly TableRow[]): number[] {
  const written = new Set(rows.map((row) => row.position))
  const refunds = log.filter(({ event }) => event.type === 'vouch.refund.v1')
  return refunds.map(({ position }) => position).filter((position) => written.has(position))
}

const whatOf = ({ values }: TableRow): string => JSON.stringify({ ...values, sign: 0, occurred_at: 0, recorded_at: 0 })

/** Touches of which an exclusion says that they lost, with the owner of their code where it is known. */
function lostTouches({ rows }: Subject): { conversion: string; touch: string; advocate: string }[] {
  const owners = new Map(
    ofTable(rows, 'touches').map((row) => [valuesOf(row).touch_id ?? '', valuesOf(row).advocate_id ?? '']),
  )
  return ofTable(rows, 'exclusions').flatMap((row) => {
    const { subject, conversion_id: conversion = '', touch_id: touch = '' } = valuesOf(row)
    const advocate = owners.get(touch)
    return subject === 'touch' && advocate !== undefined ? [{ conversion, touch, advocate }] : []
  })
}

/** Conversions with at least two different values in a column of `attributions`, and these. */
function conversionsWith(rows: readonly TableRow[], column: string): [string, string[]][] {
  const groups = Map.groupBy(ofTable(rows, 'attributions'), (row) => valuesOf(row).conversion_id ?? '')
  return [...groups]
    .map(([conversion, own]): [string, string[]] => [
      conversion,
      [...new Set(own.map((row) => valuesOf(row)[column] ?? ''))],
    ])
    .filter(([, found]) => found.length > 1)
}

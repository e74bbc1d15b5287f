import { type Warehouse, WarehouseError } from '@vouch/warehouse'
import { describe, expect, it } from 'vitest'
import { openLate } from './late-warehouse.ts'

/** A double of a warehouse of which only these two are asked. */
const failingWith = (error: Error) => {
  const fail = async () => {
    throw error
  }
  return { published: fail, rows: fail, tables: () => [], close: async () => {} } as unknown as Warehouse
}

describe('a server on which no projector has made tables yet', () => {
  const nothing = new WarehouseError('engine', 'Database vouch_store does not exist. (UNKNOWN_DATABASE)', 81)
  const said = 'There are no tables yet: a projector (vouch-projector) makes them when it starts.'

  it('says what makes them', async () => {
    const late = openLate(async () => failingWith(nothing))
    await expect(late.published('live')).rejects.toThrow(said)
    await expect(late.rows('SELECT 1')).rejects.toMatchObject({ message: said, fault: 'engine', code: 81 })
    await late.close()
  })

  it('is told from one that says no for another reason', async () => {
    const other = new WarehouseError('engine', 'Not enough privileges. (ACCESS_DENIED)', 497)
    const late = openLate(async () => failingWith(other))
    await expect(late.published('live')).rejects.toBe(other)
    await late.close()
  })
})

import { rowsOf, type Warehouse, WarehouseError } from '@vouch/warehouse'
import type { FaultKind } from './faults.ts'
import type { Surroundings } from './surroundings.ts'

/** The warehouse as one process sees it: each call takes its turns, and may fail before, in the midst of or after its effect. */
export function warehouseOfProcess(around: Surroundings): Warehouse {
  const { warehouse, faults, random, network } = around

  const mayFail = (kind: FaultKind) => {
    if (!faults.happens(kind)) return
    around.failed(kind)
    throw new WarehouseError('engine', `The simulated warehouse: ${kind}.`)
  }

  const asks = async <T>(what: string, answer: () => Promise<T>): Promise<T> => {
    await around.turn(`asks the warehouse for ${what}`)
    mayFail('read of the warehouse fails')
    return answer()
  }

  return {
    migrate: () => warehouse.migrate(),
    // The process that is simulated has its warehouse to itself.
    shared: warehouse.shared,
    rowSet: () => warehouse.rowSet(),
    async insert(table, generation, rows) {
      const what = `${rows.length} rows into ${table} of generation ${generation}`
      const sent = () => warehouse.insert(table, generation, rows)
      await around.turn(`inserts ${what}`, around.mayLand('dead process has an insert land later', sent))
      mayFail('insert fails before it is done')
      if (faults.happens('insert fails and is done later')) {
        network.later(`insert of ${what}`, sent)
        return fails('insert fails and is done later')
      }
      if (faults.happens('insert fails and is done in part')) {
        const part = random.shuffled(rowsOf(rows)).slice(0, random.between(0, rows.length))
        await warehouse.insert(table, generation, part)
        await around.turn(`has inserted ${part.length} of ${what}`)
        return fails('insert fails and is done in part')
      }
      await sent()
      await around.turn(`has inserted ${what}`)
      mayFail('insert fails after it is done')
    },
    insertAll: (table, generation, sets) => warehouse.insertAll(table, generation, sets),
    async publish(slot, mark) {
      const what = `generation ${mark.generation} up to ${mark.position} as ${slot}`
      await around.turn(`publishes ${what}`)
      mayFail('publish fails before it is done')
      await warehouse.publish(slot, mark)
      await around.turn(`has published ${what}`)
      mayFail('publish fails after it is done')
    },
    async dropGeneration(generation) {
      await around.turn(`drops generation ${generation}`)
      mayFail('drop fails before it is done')
      const stopsAfter = faults.happens('drop fails and is done in part')
        ? random.between(1, warehouse.tables().length - 1)
        : undefined
      for (const [index, table] of warehouse.tables().entries()) {
        if (index === stopsAfter) return fails('drop fails and is done in part')
        await warehouse.dropFrom(table, generation)
        if (index === 0) await around.turn(`has dropped a part of generation ${generation}`)
      }
      await around.turn(`has dropped generation ${generation}`)
      mayFail('drop fails after it is done')
    },
    published: (slot) => asks(`what ${slot} shows`, () => warehouse.published(slot)),
    generations: () => asks('its generations', () => warehouse.generations()),
    digest: (table, generation, upTo) =>
      asks(`the digest of ${table} of generation ${generation}`, () => warehouse.digest(table, generation, upTo)),
    tables: () => warehouse.tables(),
    rows: () => warehouse.rows(),
    ask: () => warehouse.ask(),
    // The warehouse outlives its processes.
    close: async () => {},
  }

  function fails(kind: FaultKind): never {
    around.failed(kind)
    throw new WarehouseError('engine', `The simulated warehouse: ${kind}.`)
  }
}

import { type Warehouse, WarehouseError } from '@vouch/warehouse'
import { codes } from '../clickhouse/fault.ts'
import type { AskedTables } from '../folds.ts'

/**
 * A warehouse that is opened when it can be. Until then everything fails with why it could not; whoever asks begins another
 * try, and only the first waits for how it ends: a server that is away must not hold up who asks whether it is.
 */
export function openLate(open: () => Promise<Warehouse>): AskedTables & { whole(): Promise<Warehouse> } {
  let opened: Warehouse | undefined
  let failure: unknown
  let trying: Promise<void> | undefined
  let closed = false

  async function tryNow(): Promise<void> {
    try {
      const warehouse = await open()
      if (closed) return await warehouse.close()
      opened = warehouse
      failure = undefined
    } catch (error) {
      failure = error
    } finally {
      trying = undefined
    }
  }

  async function there(): Promise<Warehouse> {
    if (opened) return opened
    const isFirst = failure === undefined
    if (!closed) trying ??= tryNow()
    if (isFirst) await trying
    if (opened) return opened
    throw failure
  }

  return {
    published: (slot) => asked(async () => (await there()).published(slot)),
    tables: () => opened?.tables() ?? [],
    rows: (query, params) => asked(async () => (await there()).rows(query, params)),
    ask: async (question) => (await there()).ask(question),
    whole: there,
    async close() {
      closed = true
      await trying
      await opened?.close()
    },
  }
}

/** What our own questions say where projectors are to make the tables, and none has. */
async function asked<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask()
  } catch (error) {
    if (!(error instanceof WarehouseError) || error.code !== codes.UNKNOWN_DATABASE) throw error
    const message = 'There are no tables yet: a projector (vouch-projector) makes them when it starts.'
    throw new WarehouseError(error.fault, message, error.code, error)
  }
}

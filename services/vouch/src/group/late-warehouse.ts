import type { Warehouse } from '@vouch/warehouse'
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
    published: async (slot) => (await there()).published(slot),
    tables: () => opened?.tables() ?? [],
    rows: async (query, params) => (await there()).rows(query, params),
    ask: async (question) => (await there()).ask(question),
    whole: there,
    async close() {
      closed = true
      await trying
      await opened?.close()
    },
  }
}

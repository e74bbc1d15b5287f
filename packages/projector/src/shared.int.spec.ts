import { describe, expect, it } from 'vitest'
import { Projector } from './projector.ts'
import { useFolder } from './testing/folders.ts'
import { appendVisits, visitLog } from './testing/log.ts'
import { expectedDigests, partsOf } from './testing/parts.ts'
import { shownDigests, useWarehouse } from './testing/warehouse.ts'

const warehouse = useWarehouse()
const folder = useFolder()

async function projectors() {
  const store = await visitLog(20)
  const parts = () => partsOf(warehouse(), store, folder(), { shared: true })
  return { store, parts }
}

describe('two projectors, each for itself, on one warehouse', () => {
  it('do not mix: the later one takes over, and the other says so and writes nothing that is seen', async () => {
    const { store, parts } = await projectors()
    const first = await Projector.open(parts())
    await first.catchUp()
    const before = await warehouse().published('live')
    const second = await Projector.open(parts())
    const after = await warehouse().published('live')
    expect(after?.generation).toBeGreaterThan(before?.generation ?? 0)
    await appendVisits(store, 5)
    await expect(first.catchUp()).rejects.toThrow(
      `Another process has put generation ${after?.generation} live in this warehouse, in place of generation ${before?.generation}`,
    )
    await expect(first.rebuild()).rejects.toThrow('Another process has put generation')
    await second.catchUp()
    expect((await warehouse().published('live'))?.generation).toBe(after?.generation)
    expect(await shownDigests(warehouse())).toEqual(await expectedDigests(warehouse(), store))
    await first.close()
    await second.close()
  })

  it('build beside each other in generations of their own, and neither drops what the other builds', async () => {
    const { store, parts } = await projectors()
    const first = await Projector.open(parts())
    await first.catchUp()
    // Which of the two goes live last, and whether the first finds out while it verifies, is left to chance.
    const [verified, ...opened] = await Promise.allSettled([
      first.verify(),
      Projector.open(parts()),
      Projector.open(parts()),
    ])
    if (verified.status === 'fulfilled') expect(verified.value.differences).toEqual([])
    const open = opened.flatMap((it) => (it.status === 'fulfilled' ? [it.value] : []))
    await appendVisits(store, 5)
    const ends = await Promise.allSettled(open.map((projector) => projector.catchUp()))
    expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    for (const end of [verified, ...opened, ...ends])
      if (end.status === 'rejected') expect(end.reason.message).toMatch(/^Another process has put generation/)
    expect(await shownDigests(warehouse())).toEqual(await expectedDigests(warehouse(), store))
    for (const projector of [first, ...open]) await projector.close()
  })

  it('leave an older generation to be swept, and a newer one alone', async () => {
    const { parts } = await projectors()
    const first = await Projector.open(parts())
    await first.catchUp()
    const live = (await warehouse().published('live'))?.generation ?? 0
    await warehouse().insert('entries', live + 7, [{ position: 1n, line: 0, event_id: 'of another' }])
    const verified = await first.verify()
    expect(verified.differences).toEqual([])
    expect(await warehouse().generations()).toEqual([live, live + 7])
    const { generation } = await first.rebuild()
    expect(generation).toBeGreaterThan(live + 7)
    expect(await warehouse().generations()).toEqual([generation])
    await first.close()
  })

  it('is one and the same after a restart: it goes on with its generation', async () => {
    const { store, parts } = await projectors()
    const own = parts()
    const first = await Projector.open(own)
    await first.catchUp()
    await first.close()
    const before = await warehouse().published('live')
    await appendVisits(store, 5)
    const again = await Projector.open(own)
    await again.catchUp()
    expect((await warehouse().published('live'))?.generation).toBe(before?.generation)
    expect(await shownDigests(warehouse())).toEqual(await expectedDigests(warehouse(), store))
    await again.close()
  })
})

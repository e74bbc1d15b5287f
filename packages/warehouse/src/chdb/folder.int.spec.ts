import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { fixtureTables, mark, payment, shown } from '../conformance/harness.ts'
import type { Warehouse } from '../port.ts'
import { openChdbWarehouse } from './open.ts'
import { temporaryFolder } from './temporary.ts'

const holder = fileURLToPath(new URL('../fixtures/holder.ts', import.meta.url))

describe('the folder of a warehouse', () => {
  const endings: (() => unknown)[] = []
  afterEach(async () => {
    for (const end of endings.splice(0).reverse()) await end()
  })

  function folder(): string {
    const { path, remove } = temporaryFolder()
    endings.push(remove)
    return path
  }

  async function open(path: string): Promise<Warehouse> {
    const warehouse = await openChdbWarehouse({ path, tables: fixtureTables, clock: () => 0 })
    endings.push(() => warehouse.close())
    return warehouse
  }

  /** Starts the holder and waits until it has said so many lines. */
  async function hold(path: string, lines: number): Promise<{ child: ChildProcess; said: string[] }> {
    const child = spawn(process.execPath, [holder, path], { stdio: ['ignore', 'pipe', 'inherit'] })
    const ended = once(child, 'exit')
    endings.push(async () => {
      child.kill('SIGKILL')
      await ended
    })
    const said: string[] = []
    for await (const line of createInterface({ input: child.stdout })) {
      said.push(line)
      if (said.length === lines) break
    }
    return { child, said }
  }

  it.each(['plain', '{a,b}', 'what?', '*', '[a]', "it's", 'a\\b', 'ä b'])('may have any name: %s', async (name) => {
    const path = join(folder(), name)
    const warehouse = await open(path)
    await warehouse.migrate()
    await warehouse.insert('payments', 1, [payment(1, 0, '1.5')])
    await warehouse.insert('payments', 1, [payment(2, 0, '2')])
    expect((await warehouse.digest('payments', 1, 9n)).rows).toBe(2n)
    await warehouse.close()
    expect(readdirSync(path).filter((file) => file.startsWith('block'))).toEqual([])
  })

  it('keeps what was inserted and published', async () => {
    const path = join(folder(), 'deep', 'inside')
    const first = await open(path)
    await first.migrate()
    await first.insert('payments', 3, [payment(1, 0, '1.5'), payment(2, 0, '2')])
    await first.publish('live', mark(3, 1))
    const digest = await first.digest('payments', 3, 9n)
    await first.close()

    const second = await open(path)
    expect(await second.migrate()).toEqual({ changed: [], needsRebuild: false })
    expect(await second.published('live')).toEqual(mark(3, 1))
    expect(await shown(second)).toEqual(['1.0 1.5'])
    expect(await second.digest('payments', 3, 9n)).toEqual(digest)
    expect(await second.generations()).toEqual([3])
  })

  it('that another process holds is named with it', async () => {
    const path = folder()
    const { child } = await hold(path, 1)
    await expect(open(path)).rejects.toMatchObject({
      fault: 'locked',
      message: `The warehouse ${path} is in use by process ${child.pid}; only one process can hold it. Stop that one, or go through it.`,
    })
  })

  it('has to be closed before this process opens another', async () => {
    const [one, another] = [folder(), folder()]
    const warehouse = await open(one)
    await expect(open(another)).rejects.toMatchObject({
      fault: 'locked',
      message: `The warehouse ${another} cannot be opened: this process has another one open, and can have one only. Close that first.`,
    })
    await warehouse.close()
    expect((await open(another)).tables()).toEqual(['programs', 'payments'])
  })

  it('with a damaged part says so, rather than leave its rows away', async () => {
    const path = folder()
    const warehouse = await open(path)
    await warehouse.migrate()
    await warehouse.insert('payments', 1, [payment(1, 0, '1')])
    const [part] = await warehouse.rows<{ path: string }>(
      `SELECT path FROM system.parts WHERE database = 'vouch_store' AND table = 'payments' AND active`,
    )
    await warehouse.close()
    truncateSync(join(part?.path ?? '', 'data.bin'), 5)
    await expect(open(path)).rejects.toMatchObject({
      fault: 'damaged',
      message: `The warehouse ${path} cannot be read; what ClickHouse found wrong stands on standard error. All of it can be had from the log: move the folder away and rebuild.`,
    })
  })

  it('with a damaged definition says so', async () => {
    const path = folder()
    const warehouse = await open(path)
    await warehouse.migrate()
    await warehouse.close()
    const definition = readdirSync(join(path, 'store'), { recursive: true, encoding: 'utf8' }).find((file) =>
      file.endsWith('payments.sql'),
    )
    writeFileSync(join(path, 'store', definition ?? ''), 'nothing')
    await expect(open(path)).rejects.toMatchObject({ fault: 'damaged' })
  })

  it('has whole blocks alone after its process was killed, and all that were acknowledged', async () => {
    const path = folder()
    const { child, said } = await hold(path, 5)
    child.kill('SIGKILL')
    await once(child, 'exit')
    const acknowledged = Number(said.at(-1))
    expect(acknowledged).toBe(4_000)
    const warehouse = await open(path)
    expect(await warehouse.migrate()).toEqual({ changed: [], needsRebuild: false })
    const [row] = await warehouse.rows<{ rows: string; newest: string }>(
      'SELECT count() AS rows, max(position) AS newest FROM vouch_store.payments',
    )
    expect(Number(row?.rows)).toBeGreaterThanOrEqual(acknowledged)
    expect(Number(row?.rows) % 1_000).toBe(0)
    expect(row?.newest).toBe(row?.rows)
  })
})

describe('an insert', () => {
  it('is one part, however many rows and bytes it has, and is never dropped as a repetition', async () => {
    const { path, remove } = temporaryFolder()
    const warehouse = await openChdbWarehouse({ path, tables: fixtureTables, clock: () => 0 })
    try {
      await warehouse.migrate()
      const long = 'x'.repeat(200)
      const rows = Array.from({ length: 150_000 }, (_, index) =>
        payment(index + 1, 0, '1', { note: `${long}${index}` }),
      )
      await warehouse.insert('payments', 1, rows)
      await warehouse.insert('payments', 1, rows.slice(0, 10))
      await warehouse.insert('payments', 1, rows.slice(0, 10))
      // One block number is as it was inserted; such a part stays in the list for minutes after it was merged.
      const parts = await warehouse.rows<{ rows: string }>(
        `SELECT rows FROM system.parts
         WHERE database = 'vouch_store' AND table = 'payments' AND min_block_number = max_block_number
         ORDER BY min_block_number`,
      )
      expect(parts.map((part) => part.rows)).toEqual(['150000', '10', '10'])
      expect((await warehouse.digest('payments', 1, 1_000_000n)).rows).toBe(150_000n)
    } finally {
      await warehouse.close().finally(remove)
    }
  })
})

import { text } from 'node:stream/consumers'
import { afterAll, beforeAll } from 'vitest'
import type { Answer, Limits, Published, Question, RowValues, Slot, Warehouse } from '../index.ts'

export interface OpenedWarehouse {
  readonly warehouse: Warehouse
  dispose(): Promise<void>
}

/** Opens a warehouse of its own with these tables files, not migrated yet. */
export type OpenWarehouse = (tables: readonly URL[], limits?: Partial<Limits>) => Promise<OpenedWarehouse>

export const fixtureTables: readonly URL[] = [new URL('../fixtures/tables.sql', import.meta.url)]

/** One migrated warehouse for a whole suite; its tests use generations of their own. */
export function useWarehouse(open: OpenWarehouse): () => Warehouse {
  let opened: OpenedWarehouse | undefined
  beforeAll(async () => {
    opened = await open(fixtureTables)
    await opened.warehouse.migrate()
  })
  afterAll(() => opened?.dispose())
  return () => {
    if (opened === undefined) throw new Error('The warehouse is open during tests only.')
    return opened.warehouse
  }
}

let generation = 0
/** A generation that no test has used. */
export function freshGeneration(): number {
  return ++generation
}

export function payment(position: number, line: number, amount: string, more: RowValues = {}): RowValues {
  return {
    position: String(position),
    line,
    payment_id: `p-${position}-${line}`,
    amount,
    currency: 'EUR',
    paid_at: '2026-03-01 12:00:00.000',
    ...more,
  }
}

export function mark(generation: number, position: number | bigint): Published {
  return { generation, position: BigInt(position), head: BigInt(position), lagMs: 0, publishedAt: Date.UTC(2026, 2, 1) }
}

/** (position, line, amount) of the payments that a slot shows, in order. */
export async function shown(warehouse: Warehouse, slot: Slot = 'live'): Promise<string[]> {
  const database = slot === 'live' ? 'vouch' : 'vouch_asof'
  const rows = await warehouse.rows<{ position: string; line: number; amount: string }>(
    `SELECT position, line, amount FROM ${database}.payments ORDER BY position, line`,
  )
  return rows.map((row) => `${row.position}.${row.line} ${row.amount}`)
}

export async function answerText(answer: Answer): Promise<string> {
  if (answer.tag !== 'answered') throw new Error(`Not answered: ${JSON.stringify(answer)}`)
  return text(answer.body)
}

export async function ask(warehouse: Warehouse, query: string, more: Omit<Question, 'query'> = {}): Promise<string> {
  return answerText(await warehouse.ask({ query, format: 'TSV', ...more }))
}

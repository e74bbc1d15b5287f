import { describe, expect, it } from 'vitest'
import { collect } from './conformance/harness.ts'
import { describeEventStore } from './conformance.ts'
import { openMemoryStore } from './memory.ts'

describeEventStore('memory', async () => {
  const store = openMemoryStore()
  return { store, dispose: () => store.close() }
})

describe('a new store in memory', () => {
  it('is empty', async () => {
    const store = openMemoryStore()
    expect(await store.head()).toBe(0n)
    expect(await collect(store.readAll(0n))).toEqual([])
  })
})

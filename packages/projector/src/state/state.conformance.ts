import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { FoldState } from '../projection.ts'
import { memoryState } from './memory-state.ts'

/** A state under test. */
export interface OpenedState {
  readonly state: FoldState
  /** What the runtime does between two events: values are no longer live afterwards. */
  betweenEvents(): Promise<void>
  dispose(): void
}

/** Keys that SQLite and JavaScript might see differently: controls, quotes, wildcards, beyond the BMP, accents. */
export const awkwardKeys = [
  '',
  ' ',
  'a',
  'A',
  'a\n',
  'a\nb',
  'a\u0000b',
  'a%',
  'a_',
  "a'b",
  'a"b',
  'ab',
  'á',
  'a\u0301',
  'ａ',
  '\uffff',
  '😀',
  '😀a',
  '😁',
  '__proto__',
  'constructor',
  '1',
  '10',
  '01',
] as const

/** What every fold's state must do, as a vitest suite. */
export function describeFoldState(name: string, open: () => OpenedState): void {
  describe(`fold state: ${name}`, () => {
    const within = async (use: (state: FoldState, betweenEvents: () => Promise<void>) => Promise<void> | void) => {
      const opened = open()
      try {
        await use(opened.state, () => opened.betweenEvents())
      } finally {
        opened.dispose()
      }
    }

    it('gives what was put last, and undefined before', () =>
      within(async (state, betweenEvents) => {
        expect(state.get('kind', 'key')).toBeUndefined()
        state.put('kind', 'key', { n: 1 })
        expect(state.get('kind', 'key')).toStrictEqual({ n: 1 })
        state.put('kind', 'key', [2])
        expect(state.get('kind', 'key')).toStrictEqual([2])
        await betweenEvents()
        expect(state.get('kind', 'key')).toStrictEqual([2])
      }))

    it('remembers that a key was not there only until it is put', () =>
      within(async (state, betweenEvents) => {
        expect(state.get('kind', 'key')).toBeUndefined()
        await betweenEvents()
        expect(state.get('kind', 'key')).toBeUndefined()
        state.put('kind', 'key', 1)
        expect(state.get('kind', 'key')).toBe(1)
        await betweenEvents()
        expect(state.get('kind', 'key')).toBe(1)
      }))

    it.each([0, '', false, null, [], {}])('keeps %j, which is not nothing', (value) =>
      within(async (state, betweenEvents) => {
        state.put('kind', 'key', value)
        expect(state.get('kind', 'key')).toStrictEqual(value)
        await betweenEvents()
        expect(state.get('kind', 'key')).toStrictEqual(value)
        expect(state.keys('kind', '')).toEqual(['key'])
      }),
    )

    it('gives one live object within an event, however many others are asked for in between', () =>
      within(async (state, betweenEvents) => {
        state.put('kind', 'key', { n: 1 })
        await betweenEvents()
        const first = state.get<{ n: number }>('kind', 'key')
        for (let other = 0; other < 1000; other++) {
          state.get('kind', `other ${other}`)
          state.put('kind', `another ${other}`, other)
        }
        expect(state.get('kind', 'key')).toBe(first)
        if (first) first.n = 2
        expect(state.get('kind', 'key')).toStrictEqual({ n: 2 })
      }))

    it('keeps kinds and keys apart, however they run into each other', () =>
      within(async (state, betweenEvents) => {
        const names = ['a', 'a\n', '\na', 'a.b', '', 'b']
        for (const kind of names) for (const key of names) state.put(kind, key, `${kind}|${key}`)
        for (const index of names) for (const key of names) state.add(index, key, `${index}|${key}`)
        await betweenEvents()
        for (const kind of names) {
          for (const key of names) {
            expect(state.get(kind, key)).toBe(`${kind}|${key}`)
            expect(state.members(kind, key)).toEqual([`${kind}|${key}`])
          }
        }
      }))

    it.each(awkwardKeys.map((prefix) => [prefix]))('finds the keys that begin with %j', (prefix) =>
      within(async (state, betweenEvents) => {
        const expected = awkwardKeys.filter((key) => key.startsWith(prefix)).sort()
        for (const key of awkwardKeys) state.put('kind', key, key)
        state.put('other', `${prefix}x`, 1)
        expect(state.keys('kind', prefix)).toEqual(expected)
        await betweenEvents()
        expect(state.keys('kind', prefix)).toEqual(expected)
        state.put('kind', `${prefix} late`, 1)
        const withLate = [...new Set([...expected, `${prefix} late`])].sort()
        expect(state.keys('kind', prefix)).toEqual(withLate)
        for (const key of awkwardKeys) expect(state.get('kind', key)).toBe(key)
      }),
    )

    it('is scanned in the order in which keys were first put, with the newest values', () =>
      within(async (state, betweenEvents) => {
        const scanned = (kind: string, prefix: string) => [...state.scan(kind, prefix)]
        expect(scanned('kind', '')).toEqual([])
        for (const key of ['b/2', 'b/1', 'a', 'b/3']) state.put('kind', key, { n: key })
        state.put('other', 'b/0', 0)
        state.put('kind', 'b/2', { n: 'again' })
        const expected = [
          ['b/2', { n: 'again' }],
          ['b/1', { n: 'b/1' }],
          ['b/3', { n: 'b/3' }],
        ]
        expect(scanned('kind', 'b/')).toEqual(expected)
        await betweenEvents()
        expect(scanned('kind', 'b/')).toEqual(expected)
        state.put('kind', 'b/0', { n: 'new' })
        state.put('kind', 'b/1', { n: 'changed' })
        const then = [
          ['b/2', { n: 'again' }],
          ['b/1', { n: 'changed' }],
          ['b/3', { n: 'b/3' }],
          ['b/0', { n: 'new' }],
        ]
        expect(scanned('kind', 'b/')).toEqual(then)
        expect(scanned('kind', '').map(([key]) => key)).toEqual(['b/2', 'b/1', 'a', 'b/3', 'b/0'])
        await betweenEvents()
        expect(scanned('kind', 'b/')).toEqual(then)
      }))

    it('gives each value as it is when its turn comes, whatever was put and written since the scan began', () =>
      within(async (state, betweenEvents) => {
        const count = 1200
        const keys = Array.from({ length: count }, (_, nth) => `key ${nth}`)
        for (const key of keys.slice(0, count / 2)) state.put('kind', key, { n: 0 })
        await betweenEvents()
        for (const key of keys.slice(count / 2)) state.put('kind', key, { n: 0 })
        const seen: (readonly [string, { n: number }])[] = []
        for (const [key, { n }] of state.scan<{ n: number }>('kind', '')) {
          seen.push([key, { n }])
          const next = keys[seen.length]
          if (next !== undefined && seen.length % 2 === 1) state.put('kind', next, { n: seen.length })
          if (seen.length % 7 === 0) await betweenEvents()
        }
        expect(seen).toEqual(keys.map((key, nth) => [key, { n: nth % 2 === 1 ? nth : 0 }]))
      }))

    it('keeps each member once, sorted by code unit, until it is removed', () =>
      within(async (state, betweenEvents) => {
        for (const member of [...awkwardKeys, ...awkwardKeys]) state.add('index', 'key', member)
        expect(state.members('index', 'key')).toEqual([...awkwardKeys].sort())
        await betweenEvents()
        expect(state.members('index', 'key')).toEqual([...awkwardKeys].sort())
        state.remove('index', 'key', 'a')
        state.remove('index', 'key', 'never there')
        state.remove('index', 'no such key', 'a')
        const rest = [...awkwardKeys].filter((member) => member !== 'a').sort()
        expect(state.members('index', 'key')).toEqual(rest)
        await betweenEvents()
        expect(state.members('index', 'key')).toEqual(rest)
        state.add('index', 'key', 'a')
        expect(state.members('index', 'key')).toEqual([...awkwardKeys].sort())
        expect(state.members('index', 'no such key')).toEqual([])
      }))

    it('is, whatever is done with it, what a state of plain maps is', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(operation, { maxLength: 60 }), async (operations) =>
          within(async (state, betweenEvents) => {
            const model = memoryState()
            for (const step of operations) {
              if (step.tag === 'between') await betweenEvents()
              else expect(perform(state, step)).toStrictEqual(perform(model, step))
            }
            for (const kind of kinds) {
              for (const key of keys) expect(state.get(kind, key)).toStrictEqual(model.get(kind, key))
              for (const key of keys) expect(state.members(kind, key)).toEqual(model.members(kind, key))
              expect(state.keys(kind, '')).toEqual(model.keys(kind, ''))
              expect([...state.scan(kind, '')]).toStrictEqual([...model.scan(kind, '')])
            }
          }),
        ),
        { numRuns: 200 },
      )
    })
  })
}

const kinds = ['a.x', 'a.y'] as const
const keys = ['', 'a', 'ab', 'b', 'a\n'] as const

type Operation =
  | { readonly tag: 'put'; readonly kind: string; readonly key: string; readonly value: unknown }
  | { readonly tag: 'touch' | 'get'; readonly kind: string; readonly key: string }
  | { readonly tag: 'add' | 'remove'; readonly kind: string; readonly key: string; readonly member: string }
  | { readonly tag: 'keys' | 'scan' | 'members'; readonly kind: string; readonly key: string }
  | { readonly tag: 'between' }

const at = { kind: fc.constantFrom(...kinds), key: fc.constantFrom(...keys) }

/** Operations on a state, for specs of more than this suite. */
export const operation: fc.Arbitrary<Operation> = fc.oneof(
  fc.record({ tag: fc.constant('put' as const), ...at, value: fc.constantFrom({ n: 0 }, [1], 'text', 0, null) }),
  fc.record({ tag: fc.constantFrom('touch' as const, 'get' as const), ...at }),
  fc.record({ tag: fc.constantFrom('add' as const, 'remove' as const), ...at, member: fc.constantFrom('m', 'n', '') }),
  fc.record({ tag: fc.constantFrom('keys' as const, 'scan' as const, 'members' as const), ...at }),
  fc.constant({ tag: 'between' as const }),
)

/** Does it, and gives what can be seen of it. */
export function perform(state: FoldState, step: Exclude<Operation, { tag: 'between' }>): unknown {
  switch (step.tag) {
    case 'put':
      return state.put(step.kind, step.key, structuredClone(step.value))
    case 'get':
      return structuredClone(state.get(step.kind, step.key))
    case 'touch': {
      // As folds do it: changed in place, then put.
      const value = state.get<{ n?: number }>(step.kind, step.key)
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
      value.n = (value.n ?? 0) + 1
      state.put(step.kind, step.key, value)
      return value.n
    }
    case 'add':
      return state.add(step.kind, step.key, step.member)
    case 'remove':
      return state.remove(step.kind, step.key, step.member)
    case 'keys':
      return state.keys(step.kind, step.key)
    case 'scan':
      return structuredClone([...state.scan(step.kind, step.key)])
    case 'members':
      return state.members(step.kind, step.key)
  }
}

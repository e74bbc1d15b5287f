import type { FoldState, Projection } from '../../../packages/projector/src/index.ts'

/** A fold's state as a disk would keep it: what is changed and not put is lost. */
export function jsonState(packings: Projection['packings'] = {}): FoldState {
  const values = new Map<string, string>()
  const sets = new Map<string, Set<string>>()
  const name = (kind: string, key: string) => `${kind}\n${key}`
  return {
    get<T>(kind: string, key: string): T | undefined {
      const text = values.get(name(kind, key))
      if (text === undefined) return undefined
      const value: unknown = JSON.parse(text)
      return (packings[kind]?.unpack(value) ?? value) as T
    },
    put: (kind, key, value) => void values.set(name(kind, key), JSON.stringify(packings[kind]?.pack(value) ?? value)),
    add(index, key, member) {
      const at = name(index, key)
      sets.set(at, (sets.get(at) ?? new Set()).add(member))
    },
    remove: (index, key, member) => void sets.get(name(index, key))?.delete(member),
    members: (index, key) => [...(sets.get(name(index, key)) ?? [])].sort(),
    keys(kind, prefix) {
      const found = [...values.keys()].filter((at) => at.startsWith(name(kind, prefix)))
      return found.map((at) => at.slice(kind.length + 1)).sort()
    },
    *scan<T>(kind: string, prefix: string) {
      for (const [at, text] of values) {
        if (!at.startsWith(name(kind, prefix))) continue
        const value: unknown = JSON.parse(text)
        yield [at.slice(kind.length + 1), (packings[kind]?.unpack(value) ?? value) as T] as const
      }
    },
  }
}

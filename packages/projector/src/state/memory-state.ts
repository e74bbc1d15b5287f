import type { FoldState } from '../projection.ts'

/** A fold's state in memory only, for specs and for folds that need not last. */
export function memoryState(): FoldState {
  const values = new Map<string, Map<string, unknown>>()
  const indexes = new Map<string, Map<string, Set<string>>>()
  return {
    get: <T>(kind: string, key: string) => values.get(kind)?.get(key) as T | undefined,
    put: (kind, key, value) => void within(values, kind).set(key, value),
    add(index, key, member) {
      const sets = within(indexes, index)
      const members = sets.get(key)
      if (members) members.add(member)
      else sets.set(key, new Set([member]))
    },
    remove: (index, key, member) => void indexes.get(index)?.get(key)?.delete(member),
    members: (index, key) => [...(indexes.get(index)?.get(key) ?? [])].sort(),
    keys: (kind, prefix) => [...(values.get(kind)?.keys() ?? [])].filter((key) => key.startsWith(prefix)).sort(),
    *scan<T>(kind: string, prefix: string) {
      for (const [key, value] of values.get(kind) ?? []) if (key.startsWith(prefix)) yield [key, value as T] as const
    },
  }
}

function within<V>(maps: Map<string, Map<string, V>>, name: string): Map<string, V> {
  const found = maps.get(name) ?? new Map<string, V>()
  maps.set(name, found)
  return found
}

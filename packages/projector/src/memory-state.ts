import type { FoldState } from './projection.ts'

/** A fold's state in memory only, for specs and for folds that need not last. */
export function memoryState(): FoldState {
  const values = new Map<string, Map<string, unknown>>()
  const indexes = new Map<string, Set<string>>()
  const kindOf = (kind: string) => {
    const found = values.get(kind) ?? new Map<string, unknown>()
    values.set(kind, found)
    return found
  }
  const indexKey = (index: string, key: string) => `${index}\n${key}`
  return {
    get: <T>(kind: string, key: string) => values.get(kind)?.get(key) as T | undefined,
    put: (kind, key, value) => void kindOf(kind).set(key, value),
    add(index, key, member) {
      const at = indexKey(index, key)
      const members = indexes.get(at)
      if (members) members.add(member)
      else indexes.set(at, new Set([member]))
    },
    remove: (index, key, member) => void indexes.get(indexKey(index, key))?.delete(member),
    members: (index, key) => [...(indexes.get(indexKey(index, key)) ?? [])].sort(),
    keys: (kind, prefix) => [...(values.get(kind)?.keys() ?? [])].filter((key) => key.startsWith(prefix)).sort(),
  }
}

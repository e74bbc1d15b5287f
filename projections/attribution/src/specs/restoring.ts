import type { FoldState } from '@vouch/projector'

/**
 * A fold's state as it is after a restart between any two events: within one event values are live, from one to the next
 * they go through JSON. It refuses what was changed without being put, which a restart would lose.
 */
export interface RestoringState extends FoldState {
  /** To be called after each event. @throws if a value that was read or put is not what was last put */
  restart(): void
}

export function restoringState(): RestoringState {
  const stored = new Map<string, string>()
  const live = new Map<string, unknown>()
  const members = new Map<string, Set<string>>()
  const name = (kind: string, key: string) => `${kind}\n${key}`
  return {
    get<T>(kind: string, key: string): T | undefined {
      const at = name(kind, key)
      const text = stored.get(at)
      if (!live.has(at) && text !== undefined) live.set(at, JSON.parse(text))
      return live.get(at) as T | undefined
    },
    put(kind, key, value) {
      live.set(name(kind, key), value)
      stored.set(name(kind, key), JSON.stringify(value))
    },
    add(index, key, member) {
      const at = name(index, key)
      members.set(at, (members.get(at) ?? new Set()).add(member))
    },
    remove: (index, key, member) => void members.get(name(index, key))?.delete(member),
    members: (index, key) => [...(members.get(name(index, key)) ?? [])].sort(),
    keys(kind, prefix) {
      const before = name(kind, prefix)
      const found = [...stored.keys()].filter((at) => at.startsWith(before))
      return found.map((at) => at.slice(kind.length + 1)).sort()
    },
    restart() {
      for (const [at, value] of live) {
        if (JSON.stringify(value) === stored.get(at)) continue
        throw new Error(
          `${JSON.stringify(at)} was changed and not put: ${stored.get(at)} is now ${JSON.stringify(value)}`,
        )
      }
      live.clear()
    },
  }
}

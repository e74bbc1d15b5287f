import type { FoldState, LoggedEvent, Row } from '@vouch/projector'
import { fold, foldInParts } from '../fold.ts'

/**
 * A fold's state as hard as its port allows: every value goes through JSON on its way in and out, as if it were read from
 * disk each time. It refuses what was changed without being put, which a restart would lose.
 */
export interface RestoringState extends FoldState {
  /** To be called after each event. @throws if a value that was handed out or in since then was changed and not put */
  endEvent(): void
}

export function restoringState(): RestoringState {
  const stored = new Map<string, string>()
  const members = new Map<string, Set<string>>()
  /** What was handed out or in during this event, and every text that it may rightly have by now. */
  const seen = new Map<string, { readonly values: unknown[]; readonly texts: Set<string> }>()
  const name = (kind: string, key: string) => `${kind}\n${key}`
  const note = (at: string, value: unknown, text: string) => {
    const known = seen.get(at) ?? { values: [], texts: new Set<string>() }
    known.values.push(value)
    known.texts.add(text)
    seen.set(at, known)
  }
  return {
    get<T>(kind: string, key: string): T | undefined {
      const at = name(kind, key)
      const text = stored.get(at)
      if (text === undefined) return undefined
      const value: T = JSON.parse(text)
      note(at, value, text)
      return value
    },
    put(kind, key, value) {
      const text = JSON.stringify(value)
      stored.set(name(kind, key), text)
      note(name(kind, key), value, text)
    },
    add(index, key, member) {
      const at = name(index, key)
      members.set(at, (members.get(at) ?? new Set()).add(member))
    },
    remove: (index, key, member) => void members.get(name(index, key))?.delete(member),
    members: (index, key) => [...(members.get(name(index, key)) ?? [])].sort(),
    keys(kind, prefix) {
      const found = [...stored.keys()].filter((at) => at.startsWith(name(kind, prefix)))
      return found.map((at) => at.slice(kind.length + 1)).sort()
    },
    *scan<T>(kind: string, prefix: string) {
      for (const [at, text] of stored) {
        if (at.startsWith(name(kind, prefix))) yield [at.slice(kind.length + 1), JSON.parse(text) as T] as const
      }
    },
    endEvent() {
      for (const [at, { values, texts }] of seen) {
        const lost = values.map((value) => JSON.stringify(value)).find((text) => !texts.has(text))
        if (lost !== undefined) throw new Error(`${JSON.stringify(at)} was changed to ${lost} and not put`)
      }
      seen.clear()
    },
  }
}

/** The rows of an event part by part, between which everything is forgotten; an event that has no parts is one. */
export function foldApart(
  state: RestoringState,
  logged: LoggedEvent,
  ...[steps, held, onPage]: [steps: number, held: number, onPage?: number]
): (readonly Row[])[] {
  const parts: (readonly Row[])[] = []
  for (const part of foldInParts(state, logged, steps, held, onPage) ?? [fold(state, logged, onPage)]) {
    state.endEvent()
    parts.push(part)
  }
  return parts
}

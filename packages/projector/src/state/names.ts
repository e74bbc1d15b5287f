import type { StateFile } from './state-file.ts'

/** Kinds and indexes are few and their names long: in the file they are numbers. */
export interface Names {
  /** Undefined for a name that nothing in the file has yet. */
  idOf(name: string): number | undefined
  /** To be called in a transaction. */
  ensure(name: string): number
}

export function openNames(file: StateFile): Names {
  const ids = new Map<string, number>()
  for (const [id, name] of file.rows('SELECT id, name FROM name')()) ids.set(String(name), Number(id))
  const insert = file.writer('INSERT INTO name (id, name) VALUES (?, ?)')
  return {
    idOf: (name) => ids.get(name),
    ensure(name) {
      const known = ids.get(name)
      if (known !== undefined) return known
      const id = ids.size + 1
      insert(id, name)
      ids.set(name, id)
      return id
    },
  }
}

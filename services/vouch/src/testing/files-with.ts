import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

function onePass(folder: string, values: readonly string[]): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((entry) => {
    if (!entry.isFile()) return []
    const path = join(entry.parentPath, entry.name)
    const bytes = readFileSync(path)
    return values.some((value) => bytes.includes(value)) ? [path] : []
  })
}

/**
 * All files of a folder in which one of the values stands. A running server merges its files into others, so that one may
 * vanish while it is looked for, and what was in it then stands in a file already passed: only a pass without that counts.
 */
export function filesWith(folder: string, values: readonly string[]): string[] {
  for (let tries = 1; ; tries++) {
    try {
      return onePass(folder, values)
    } catch (error) {
      const vanished = (error as NodeJS.ErrnoException).code === 'ENOENT'
      if (!vanished || tries === 20) throw error
    }
  }
}

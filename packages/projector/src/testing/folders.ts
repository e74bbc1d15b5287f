import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach } from 'vitest'

/** A folder of its own, and the way to be rid of it. */
export function temporaryFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'vouch-projector-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

/** As many folders as a test asks for; they go when it ends. */
export function useFolder(): () => string {
  const folders: ReturnType<typeof temporaryFolder>[] = []
  afterEach(() => {
    for (const folder of folders.splice(0)) folder.remove()
  })
  return () => {
    const folder = temporaryFolder()
    folders.push(folder)
    return folder.path
  }
}

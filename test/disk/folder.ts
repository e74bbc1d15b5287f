import { createHash } from 'node:crypto'
import { globSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Ended, start } from '../../services/vouch/src/testing/process.ts'
import { type Server, startServer } from '../../services/vouch/src/testing/server.ts'

/** A data folder for a spec, in a folder of its own, and the processes of vouch on it. */
export interface DataFolder {
  readonly dir: string
  readonly data: string
  vouch(...words: readonly string[]): Promise<Ended>
  serve(): Promise<Server>
  /** The log's positions by event id, of the clicks that a Reporter sends. */
  positions(): Promise<ReadonlyMap<string, number>>
  /** To be undone at the end, the last one first. */
  atEnd(undo: () => unknown): void
  close(): Promise<void>
}

export function openDataFolder(): DataFolder {
  const dir = mkdtempSync(join(tmpdir(), 'vouch-disk-'))
  const data = join(dir, 'data')
  const options = { cwd: dir, env: { VOUCH_DATA: data } }
  const undo: (() => unknown)[] = [() => rmSync(dir, { recursive: true })]
  const vouch = (...words: readonly string[]) => start(words, options).ended
  return {
    ...{ dir, data, vouch },
    async serve() {
      const server = await startServer([], options)
      undo.push(() => server.process.child.exitCode ?? server.process.child.signalCode ?? server.stop())
      return server
    },
    async positions() {
      const query = "SELECT event_id, position FROM events WHERE event_id LIKE 'c-%' ORDER BY position"
      const { code, out, err } = await vouch('sql', query, '--format', 'TSV')
      if (code !== 0) throw new Error(err)
      const lines = out.split('\n').slice(0, -1)
      return new Map(lines.map((line) => [line.split('\t')[0] ?? '', Number(line.split('\t')[1])]))
    },
    atEnd: (one) => void undo.push(one),
    async close() {
      for (const one of undo.splice(0).reverse()) await one()
    },
  }
}

/** What `vouch verify` says of a sound folder. */
export const soundness = /^\d+ tables equal the fold of the log up to position \d+, and \d+ laws hold\.\n/

/** Each file of a folder with a hash of its content. */
export const contentOf = (dir: string): readonly string[] =>
  globSync('**', { cwd: dir })
    .filter((name) => statSync(join(dir, name)).isFile())
    .sort()
    .map(
      (name) =>
        `${name} ${createHash('sha256')
          .update(readFileSync(join(dir, name)))
          .digest('hex')}`,
    )

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Ended, type RunOptions, start } from './process.ts'
import { type Server, startServer } from './server.ts'

/** A folder to type commands in, with a data folder of its own. */
export interface Place {
  /** Where commands are typed; relative names are of this folder. */
  readonly dir: string
  readonly data: string
  /** The server on the data folder, if there is one. */
  readonly server: Server | undefined
  path(name: string): string
  write(name: string, content: string | Buffer): string
  read(name: string): string
  vouch(...words: readonly string[]): Promise<Ended>
  /** As `vouch`, for a command that is to succeed and to say nothing on standard error; gives what it printed. */
  ok(...words: readonly string[]): Promise<string>
  /** A shell line. */
  shell(line: string): Promise<Ended>
  start(words: readonly string[], options?: RunOptions): ReturnType<typeof start>
  /** Stops the server and removes all. */
  close(): Promise<void>
}

export interface PlaceOptions {
  /** Whether a server runs on the data folder. */
  readonly served?: boolean
}

export async function openPlace({ served = false }: PlaceOptions = {}): Promise<Place> {
  const dir = mkdtempSync(join(tmpdir(), 'vouch-spec-'))
  const data = join(dir, 'data')
  const options: RunOptions = { cwd: dir, env: { VOUCH_DATA: data } }
  // The server stands elsewhere, so that a name taken relative to it would not be found.
  const server = served ? await startServer([], { ...options, cwd: tmpdir() }) : undefined
  const vouch = (...words: readonly string[]) => start(words, options).ended
  return {
    dir,
    data,
    server,
    path: (name) => join(dir, name),
    write(name, content) {
      writeFileSync(join(dir, name), content)
      return name
    },
    read: (name) => readFileSync(join(dir, name), 'utf8'),
    vouch,
    async ok(...words) {
      const { code, out, err } = await vouch(...words)
      if (code !== 0 || err !== '') throw new Error(`vouch ${words.join(' ')} ended with ${code}: ${err}`)
      return out
    },
    shell: (line) => start([line], { ...options, shell: true }).ended,
    start: (words, more) => start(words, { ...options, ...more, env: { ...options.env, ...more?.env } }),
    async close() {
      await server?.stop()
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

type Env = Readonly<Record<string, string>>

/**
 * Commands typed in a place under settings of their own, for a spec that makes both before its first test. `ok` is for a command
 * that is to succeed, and gives what it printed.
 */
export function typing(place: () => Place, env: () => Env) {
  const vouch = (words: readonly string[], more = env()) => place().start(words, { env: more }).ended
  const ok = async (words: readonly string[], more = env()) => {
    const { code, out, err } = await vouch(words, more)
    if (code !== 0) throw new Error(`vouch ${words.join(' ')} ended with ${code}: ${err}`)
    return out
  }
  return { vouch, ok }
}

/** Both ways in which a command is done; its user need not know which. */
export const ways: readonly { readonly way: string; readonly served: boolean }[] = [
  { way: 'in its own process', served: false },
  { way: 'through a server', served: true },
]

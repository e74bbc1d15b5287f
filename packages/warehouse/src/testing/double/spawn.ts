import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

export interface SpawnedDouble {
  /** As `VOUCH_WAREHOUSE` takes it. */
  readonly url: string
  stop(): Promise<void>
}

/** The double in a process of its own, for tests that have chDB, or several processes, of their own. */
export async function spawnClickHouseDouble(options: { readonly path?: string } = {}): Promise<SpawnedDouble> {
  const script = fileURLToPath(new URL('./main.ts', import.meta.url))
  const path = options.path === undefined ? [] : ['--path', options.path]
  const child = spawn(process.execPath, [script, ...path], { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(child, 'exit')
  const [url] = (await Promise.race([once(createInterface({ input: child.stdout }), 'line'), ended])) as [unknown]
  if (typeof url !== 'string') throw new Error('The double of ClickHouse ended before it said where it listens.')
  return {
    url,
    async stop() {
      child.kill('SIGTERM')
      await ended
    },
  }
}

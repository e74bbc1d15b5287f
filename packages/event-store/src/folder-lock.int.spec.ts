import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { type Either, isLeft, left } from 'fp-ts/lib/Either.js'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type FolderLock, lockFolder } from './folder-lock.ts'
import { temporaryFolder } from './sqlite/temporary.ts'

const fixture = fileURLToPath(new URL('fixtures/lock-folder.ts', import.meta.url))

let folder: ReturnType<typeof temporaryFolder>
let dir: string
const children: ChildProcess[] = []
beforeEach(() => {
  folder = temporaryFolder()
  dir = join(folder.dir, 'data')
})
afterEach(async () => {
  await Promise.all(children.splice(0).map(kill))
  folder.remove()
})

/** A second process that has tried to lock the folder, and what it was told. */
const inAnotherProcess = async (command: string, as: { uid?: number; gid?: number } = {}) => {
  const options = { stdio: ['ignore', 'pipe', 'inherit'] as ['ignore', 'pipe', 'inherit'], ...as }
  const child = spawn(process.execPath, ['--expose-gc', fixture, dir, command], options)
  children.push(child)
  const { value: answer } = await createInterface(child.stdout)[Symbol.asyncIterator]().next()
  return { child, answer }
}

const kill = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
}

const taken = <E>(lock: Either<E, FolderLock>): FolderLock => {
  if (isLeft(lock)) throw new Error(`The folder should be free: ${JSON.stringify(lock.left)}`)
  return lock.right
}

describe('the lock on a data folder', () => {
  it('is refused while another process holds it, which is named, and free once that was killed', async () => {
    const { child, answer } = await inAnotherProcess('vouch start')
    expect(answer).toBe('Right')
    const pid = child.pid
    expect(lockFolder(dir, 'vouch import')).toEqual(
      left({
        tag: 'folder-in-use',
        holder: { pid, command: 'vouch start', since: Date.UTC(2026, 2, 1) },
        message: `The data folder ${dir} is in use by 'vouch start' (process ${pid}, since 2026-03-01T00:00:00.000Z). Stop it first, or name another folder.`,
      }),
    )
    await kill(child)
    const lock = taken(lockFolder(dir, 'vouch import'))
    expect((await inAnotherProcess('vouch start')).answer).toBe('Left')
    lock.release()
    expect((await inAnotherProcess('vouch start')).answer).toBe('Right')
  })

  it('is refused a second time within the process, until it is released; releasing twice does nothing', () => {
    const lock = taken(lockFolder(dir, 'vouch start', 5))
    expect(lockFolder(dir, 'vouch import')).toMatchObject({
      left: { tag: 'folder-in-use', holder: { pid: process.pid, command: 'vouch start', since: 5 } },
    })
    lock.release()
    const next = taken(lockFolder(dir, 'vouch import', 6))
    lock.release()
    expect(lockFolder(dir, 'vouch sql')).toMatchObject({ left: { holder: { command: 'vouch import', since: 6 } } })
    next.release()
    expect(readdirSync(dir)).toEqual(['lock.db'])
  })

  it('holds whether or not its holder can be read', () => {
    const lock = taken(lockFolder(dir, 'vouch start'))
    const unnamed = {
      left: {
        tag: 'folder-in-use',
        holder: undefined,
        message: `The data folder ${dir} is in use by another process. Stop it first, or name another folder.`,
      },
    }
    for (const note of ['{"pid":', '{"pid":1}', '{"pid":1,"command":"x","since":1e300}', 'null']) {
      writeFileSync(join(dir, 'holder.json'), note)
      expect(lockFolder(dir, 'vouch import')).toMatchObject(unnamed)
    }
    rmSync(join(dir, 'holder.json'))
    expect(lockFolder(dir, 'vouch import')).toMatchObject(unnamed)
    lock.release()
  })

  it('is refused where nothing can be locked', () => {
    const unusable = (pattern: RegExp) =>
      left({ tag: 'folder-unusable', holder: undefined, message: expect.stringMatching(pattern) })
    writeFileSync(dir, 'a file where the folder should be')
    expect(lockFolder(dir, 'vouch start')).toEqual(
      unusable(/The data folder .*data cannot be used: Error: EEXIST.*may write to/),
    )
    rmSync(dir)
    taken(lockFolder(dir, 'vouch start')).release()
    writeFileSync(join(dir, 'lock.db'), 'no database, but words. '.repeat(100))
    expect(lockFolder(dir, 'vouch start')).toEqual(
      unusable(/cannot be used: Error: file is not a database\. .*remove its lock\.db, and try again/),
    )
  })

  it('is refused where the file to lock may only be read', async () => {
    taken(lockFolder(dir, 'vouch start')).release()
    chmodSync(folder.dir, 0o777)
    chmodSync(dir, 0o777)
    chmodSync(join(dir, 'lock.db'), 0o444)
    // Root may write to every file, so that root asks somebody else.
    const nobody = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {}
    expect((await inAnotherProcess('vouch import', nobody)).answer).toBe('Left')
    expect(existsSync(join(dir, 'holder.json'))).toBe(false)
  })
})

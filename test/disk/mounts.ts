import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A file system of a few MiB, mounted somewhere. */
export interface Mounted {
  readonly path: string
  unmount(): void
}

export interface SmallDisk extends Mounted {
  /** Makes it this large from now on. */
  resize(mib: number): void
}

const run = (command: string, ...words: readonly string[]): void => {
  execFileSync(command, words, { stdio: ['ignore', 'ignore', 'pipe'] })
}

const works = (attempt: () => void): boolean => {
  try {
    attempt()
    return true
  } catch {
    return false
  }
}

/** Processes that were killed a moment ago may still hold it; lazily it goes when they have gone. */
const unmount = (path: string): void => run('umount', '-l', path)

/** Mounts a small file system in memory; the folder is made. */
export function mountSmallDisk(path: string, mib: number): SmallDisk {
  mkdirSync(path, { recursive: true })
  run('mount', '-t', 'tmpfs', '-o', `size=${mib}m`, 'tmpfs', path)
  return {
    path,
    resize: (to) => run('mount', '-o', `remount,size=${to}m`, path),
    unmount: () => unmount(path),
  }
}

/** Lets a folder be read and not be written to, for root too. */
export function mountReadOnly(path: string): Mounted {
  run('mount', '--bind', path, path)
  run('mount', '-o', 'remount,bind,ro', path)
  return { path, unmount: () => unmount(path) }
}

export interface FailingDisk extends Mounted {
  /** As after an error of the disk: the kernel makes it read-only under whoever writes to it. */
  fail(): void
  /** Mounts it anew, as after a repair. */
  repair(): void
}

/** Mounts a file system of its own, in a file, on which an error can be provoked. */
export function mountFailingDisk(path: string, image: string, mib: number): FailingDisk {
  mkdirSync(path, { recursive: true })
  writeFileSync(image, '')
  run('truncate', '-s', `${mib}M`, image)
  run('mkfs.ext4', '-q', '-F', image)
  const known = new Set(disks())
  const mount = () => run('mount', '-o', 'loop,errors=remount-ro', image, path)
  mount()
  const device = disks().find((it) => !known.has(it))
  return {
    path,
    fail: () => writeFileSync(`/sys/fs/ext4/${device}/trigger_fs_error`, '1'),
    repair() {
      run('umount', path)
      // Exit code 1: errors were corrected.
      const { status } = spawnSync('fsck.ext4', ['-fy', image])
      if (status !== 0 && status !== 1) throw new Error(`fsck.ext4 ended with ${status}.`)
      mount()
    },
    unmount: () => unmount(path),
  }
}

const disks = (): string[] => (existsSync('/sys/fs/ext4') ? readdirSync('/sys/fs/ext4') : [])

/** Tries it once on a folder for temporary files. */
function isPermitted(mount: (place: string) => Mounted): boolean {
  const place = mkdtempSync(join(tmpdir(), 'vouch-mounts-'))
  try {
    return works(() => mount(place).unmount())
  } finally {
    rmSync(place, { recursive: true, force: true })
  }
}

/** What this machine lets this user do; where it does not, specs say what they do instead. */
export const permitted = {
  smallDisk: isPermitted((place) => mountSmallDisk(join(place, 'small'), 1)),
  readOnly: isPermitted((place) => mountReadOnly(place)),
  failingDisk: isPermitted((place) => mountFailingDisk(join(place, 'failing'), join(place, 'image'), 4)),
}

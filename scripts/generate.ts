// Writes the files that are made from other files and committed. With --check it writes nothing, names what is missing,
// stale or left over, and exits 1.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { generatedFiles } from '../packages/domain/generate/files.ts'

/** A folder and the files that are generated into it. */
export interface Generated {
  readonly home: string
  /** Text by file name relative to `home`. */
  readonly files: ReadonlyMap<string, string>
  /** Folders within `home` that hold generated files alone, so that any other file in them is left over. */
  readonly whollyGenerated: readonly string[]
}

export interface Difference {
  /** Full path and wanted text of what is missing or has another text. */
  readonly stale: readonly (readonly [file: string, text: string])[]
  /** Full paths of what is generated no longer. */
  readonly leftOver: readonly string[]
}

/** Compares what is on disk with what would be generated. */
export function difference({ home, files, whollyGenerated }: Generated): Difference {
  const wanted = new Map([...files].map(([file, text]) => [join(home, file), text]))
  const present = whollyGenerated.flatMap((folder) => filesIn(join(home, folder)))
  return {
    stale: [...wanted].filter(([file, text]) => ifThere(() => readFileSync(file, 'utf8')) !== text),
    leftOver: present.filter((file) => !wanted.has(file)),
  }
}

/** Brings the disk to what is generated. */
export function settle({ stale, leftOver }: Difference): void {
  for (const [file, text] of stale) {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
  }
  for (const file of leftOver) rmSync(file)
}

const filesIn = (folder: string): string[] =>
  (ifThere(() => readdirSync(folder)) ?? []).map((name) => join(folder, name))

function ifThere<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

function main(options: readonly string[]): number {
  if (options.some((option) => option !== '--check')) {
    console.error('Usage: node scripts/generate.ts [--check]')
    return 2
  }
  const root = join(import.meta.dirname, '..')
  const sources: readonly Generated[] = [
    { home: join(root, 'packages/domain'), files: generatedFiles(), whollyGenerated: ['schemas'] },
  ]
  const check = options.includes('--check')
  let differences = 0
  for (const source of sources) {
    const found = difference(source)
    differences += found.stale.length + found.leftOver.length
    if (!check) settle(found)
    const [stale, leftOver] = check
      ? ['is not what would be generated', 'is generated no longer']
      : ['written', 'removed']
    for (const [file] of found.stale) console.error(`${relative(root, file)}: ${stale}`)
    for (const file of found.leftOver) console.error(`${relative(root, file)}: ${leftOver}`)
  }
  if (!check || differences === 0) return 0
  console.error('Run npm run generate, and commit what it writes.')
  return 1
}

if (import.meta.main) process.exitCode = main(process.argv.slice(2))

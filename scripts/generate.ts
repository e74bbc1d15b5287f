// Writes the files that are made from other files and committed. With --check it writes nothing, names what is missing,
// stale or left over, and exits 1.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { generatedFiles } from '../packages/domain/generate/files.ts'

const root = join(import.meta.dirname, '..')
const home = join(root, 'packages/domain')
/** Folders that hold generated files alone, so that others in them are left over. */
const whollyGenerated = [join(home, 'schemas')]

const wanted = new Map([...generatedFiles()].map(([file, text]) => [join(home, file), text]))

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder).map((name) => join(folder, name))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

const stale = [...wanted].filter(([file, text]) => readIfThere(file) !== text)
const leftOver = whollyGenerated.flatMap(filesIn).filter((file) => !wanted.has(file))

const options = process.argv.slice(2)
if (options.some((option) => option !== '--check')) {
  console.error('Usage: node scripts/generate.ts [--check]')
  process.exit(2)
}
if (options.includes('--check')) {
  for (const [file] of stale)
    console.error(`${relative(root, file)} is not what would be generated; run npm run generate.`)
  for (const file of leftOver) console.error(`${relative(root, file)} is generated no longer; run npm run generate.`)
  process.exitCode = stale.length + leftOver.length === 0 ? 0 : 1
} else {
  for (const [file, text] of stale) {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
    console.log(`wrote ${relative(root, file)}`)
  }
  for (const file of leftOver) {
    rmSync(file)
    console.log(`removed ${relative(root, file)}`)
  }
}

import { execFileSync } from 'node:child_process'
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseEvent } from '../packages/domain/src/events/index.ts'
import { termsSchema } from '../packages/domain/src/terms/schema.ts'
import { parseMapping } from '../packages/ingestion/src/mapping/mapping.ts'
import { type Block, readPage } from './docs/markdown.ts'
import { openPlace, type Place } from './docs/place.ts'
import { commandsOf, isShown } from './docs/steps.ts'

/**
 * Holds the documents to what they say: commands are typed, in their order, queries asked, examples parsed, links followed.
 * A block says behind its fence what it is; one that is nothing known here fails, so that none is passed over.
 *
 * In docs/ `.vouch` is the folder that `vouch demo` makes; each document has a copy of it. The README begins without one.
 */
const root = resolve(import.meta.dirname, '..')
// The YAML reader is a dependency of the service, not of the repository.
const { parse: parseYaml } = createRequire(join(root, 'services/vouch/package.json'))('yaml') as typeof import('yaml')

const read = (file: string): string => readFileSync(join(root, file), 'utf8')
const documents = globSync(['README.md', 'docs/**/*.md'], { cwd: root }).sort()
const timeout = 120_000
/** Blocks that are to be read alone; nothing in them is tried. */
const readAlone: readonly string[] = ['text', 'csv']

let demo: string
beforeAll(() => {
  demo = join(mkdtempSync(join(tmpdir(), 'vouch-docs-demo-')), 'data')
  execFileSync(join(root, 'node_modules/.bin/vouch'), ['demo', '--data', demo], { stdio: 'pipe', timeout })
}, timeout)
afterAll(() => rmSync(dirname(demo), { recursive: true, force: true }))

for (const file of documents) {
  const { blocks } = readPage(read(file))
  if (blocks.every(({ info }) => readAlone.includes(info))) continue
  describe(file, () => {
    let place: Place
    beforeAll(async () => {
      place = await openPlace(file.startsWith('docs/') ? demo : undefined)
    })
    afterAll(() => place.leave())
    for (const block of blocks) tryBlock(block, () => place)
  })
}

function tryBlock(block: Block, place: () => Place): void {
  const { line, lines } = block
  const [language = '', ...words] = block.info.split(/\s+/)
  const kind = words.filter((word) => !word.includes('=')).join(' ')
  const target = words.find((word) => word.startsWith('file='))?.slice('file='.length)
  const text = lines.join('\n')
  const title = `line ${line}: ${block.info}`
  if (target !== undefined) it(`line ${line}: is written to ${target}`, () => place().write(target, `${text}\n`))
  switch (`${language} ${kind}`.trim()) {
    case 'console':
    case 'sh':
      return tryCommands(block, place)
    case 'sql':
      return it(`${title}, answered`, async () => {
        await expectAnswer(text)
      })
    case 'yaml terms':
      return it(`${title}, is terms`, () => {
        expect(termsSchema.safeParse(parseYaml(text)).error?.issues).toBeUndefined()
      })
    case 'yaml mapping':
      return it(`${title}, is a mapping`, () => {
        expect(parseMapping(text, 'it')).toMatchObject({ _tag: 'Right' })
      })
    case 'yaml':
      return it(`${title}, is YAML`, () => {
        expect(parseYaml(text)).toBeDefined()
      })
    case 'json event':
      return it(`${title}, is an event`, () => {
        expect(parseEvent(JSON.parse(text), Date.now())).toMatchObject({ _tag: 'Right' })
      })
    case 'json':
      return it(`${title}, is JSON`, () => {
        expect(JSON.parse(text)).toBeDefined()
      })
    case 'ndjson':
      return it(`${title}, is JSON line by line`, () => {
        for (const each of lines) expect(JSON.parse(each)).toBeDefined()
      })
    // See readAlone.
    case 'text':
    case 'csv':
      return
    default:
      it(title, () => {
        throw new Error(`Nobody knows how to try a block of "${block.info}"; call it text if it is to be read alone.`)
      })
  }
}

/** What a document may tell to type and nobody types here: it is about getting the project itself. */
const aboutTheProject = /^(git clone [^&]*|cd [^&]*|npm (ci|install))( && |$)/

function tryCommands(block: Block, place: () => Place): void {
  for (const { line, text: typed, exitCode, output } of commandsOf(block)) {
    const text = typed.replace(aboutTheProject, '')
    if (text === '') continue
    const title = `line ${line}: $ ${text}`
    const script = /^npm (?:run )?([a-z]+)$/.exec(text)?.[1]
    if (script !== undefined) {
      it(`${title}, is a script of the project`, () => {
        expect(JSON.parse(read('package.json')).scripts).toHaveProperty(script)
      })
      continue
    }
    it(
      title,
      async (context) => {
        const missing = /\bjourneys\.csv\b/.test(text) && !place().has('journeys.csv')
        if (missing)
          return context.skip('journeys.csv is not part of the project; VOUCH_JOURNEYS names a folder that has it')
        const ended = await place().run(text)
        expect(ended.exitCode, ended.output).toBe(exitCode)
        if (output.length > 0 && !isShown(output, ended.output)) expect(ended.output.split('\n')).toEqual(output)
      },
      timeout,
    )
  }
}

let answering: Promise<Place> | undefined

/** Asks a server that runs on the demo's folder. */
async function expectAnswer(query: string): Promise<void> {
  answering ??= openPlace(demo).then(async (place) => {
    const { exitCode, output } = await place.run('npx vouch start --port 8080')
    expect(exitCode, output).toBe(0)
    return place
  })
  const { port } = await answering
  const response = await fetch(`http://127.0.0.1:${port}/v1/sql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: query.replace(/;\s*$/, '') }),
  })
  expect({ status: response.status, body: await response.json() }).toMatchObject({
    status: 200,
    body: { meta: expect.any(Array) },
  })
}
afterAll(async () => (await answering)?.leave())

describe('links between files', () => {
  const pages = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '*.md'], { cwd: root, encoding: 'utf8' })
  for (const file of pages
    .trim()
    .split('\n')
    .filter((it) => existsSync(join(root, it)))) {
    it(`of ${file} lead somewhere`, () => {
      const broken = readPage(read(file)).links.filter(({ target }) => !/^[a-z]+:/.test(target) && !leads(file, target))
      expect(broken).toEqual([])
    })
  }
})

function leads(from: string, target: string): boolean {
  const [path = '', anchor] = decodeURIComponent(target).split('#')
  const file = path === '' ? from : join(dirname(from), path)
  if (!existsSync(join(root, file))) return false
  if (anchor === undefined) return true
  const line = /^L(\d+)$/.exec(anchor)?.[1]
  if (line !== undefined) return Number(line) <= read(file).split('\n').length
  return file.endsWith('.md') && readPage(read(file)).anchors.has(anchor)
}

import { existsSync, globSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import dockerignore from '@balena/dockerignore'
import { DockerfileParser } from 'dockerfile-ast'
import { validate } from 'dockerfile-utils'
import { describe, expect, it } from 'vitest'
import { ours, read, readJson, root } from './files.ts'

const dockerfile = DockerfileParser.parse(read('Dockerfile'))
const instructions = dockerfile.getInstructions()
const named = (keyword: string) => instructions.filter((it) => it.getKeyword() === keyword)
const argumentsOf = (keyword: string) => named(keyword).map((it) => it.getArgumentsContent() ?? '')

/** What the builder is sent. */
const ignored = dockerignore.default().add(read('.dockerignore'))
const context = new Set(
  globSync('{package.json,package-lock.json,{packages,projections,services}/**/*}', {
    cwd: root,
    exclude: (path) => path.includes('node_modules'),
  }).filter((path) => !ignored.ignores(path) && statSync(join(root, path)).isFile()),
)

const bins = [
  ...new Set(
    ours
      .flatMap(([, { command = [], healthcheck }]) => [...command, ...(healthcheck?.test ?? [])])
      .filter((word) => word.endsWith('.mjs')),
  ),
]

describe('the Dockerfile', () => {
  it('has nothing in it that its linter knows to be wrong', () => {
    expect(validate(read('Dockerfile'))).toEqual([])
    expect(validate('FROM a\nHEALTCHECK NONE')).not.toEqual([])
  })

  it('stands on one pinned image of Node 24 on Debian, as the lock file has it', () => {
    expect(argumentsOf('ARG')).toEqual([
      expect.stringMatching(/^NODE_IMAGE=node:24\.\d+\.\d+-bookworm-slim@sha256:[0-9a-f]{64}$/),
    ])
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the Dockerfile's
    expect(argumentsOf('FROM')).toEqual(['${NODE_IMAGE} AS modules', '${NODE_IMAGE}'])
    const lock = readJson('package-lock.json') as { packages: Record<string, { version?: string }> }
    const { version } = lock.packages['node_modules/node'] ?? {}
    expect(argumentsOf('ARG')[0]).toContain(`node:${version}-`)
  })

  it('copies what there is', () => {
    for (const [, copied = ''] of read('Dockerfile').matchAll(/^COPY (?!--from)(.*)$/gm)) {
      for (const source of copied.split(' ').slice(0, -1)) {
        expect(
          [...context].some((path) => path === source || path.startsWith(`${source}/`)),
          source,
        ).toBe(true)
      }
    }
  })

  it('installs by the lock file, without what is for development, and runs as a user who owns nothing but data', () => {
    expect(argumentsOf('RUN').join('\n')).toMatch(/npm ci --omit=dev --ignore-scripts/)
    expect(argumentsOf('USER')).toEqual(['1000:1000'])
    expect(argumentsOf('STOPSIGNAL')).toEqual(['SIGTERM'])
    expect(argumentsOf('CMD')).toEqual(['["node", "services/vouch/bin/vouch.mjs", "start", "--port", "8080"]'])
    expect(argumentsOf('HEALTHCHECK')).toEqual(['CMD ["node", "services/vouch/bin/healthy.mjs", "8080"]'])
    expect(argumentsOf('ENTRYPOINT')).toEqual([])
  })

  it('needs no install script: what the lock file has with one is not for run time, or does without', () => {
    const lock = readJson('package-lock.json') as {
      packages: Record<string, { hasInstallScript?: boolean; dev?: boolean }>
    }
    const scripted = Object.entries(lock.packages)
      .filter(([, { hasInstallScript, dev }]) => hasInstallScript && !dev)
      .map(([path]) => path)
    // node: the image has one. chdb: its library is a package. protobufjs: checks the version it is asked for by.
    expect(scripted.sort()).toEqual(['node_modules/chdb', 'node_modules/node', 'node_modules/protobufjs'])
  })
})

interface Manifest {
  readonly name: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly exports?: Readonly<Record<string, string>>
}

describe('what is in the image', () => {
  const manifests = new Map<string, Manifest>()
  const folders = new Map<string, string>()
  for (const path of globSync('{packages,projections,services}/*/package.json', { cwd: root })) {
    const manifest = readJson(path) as Manifest
    manifests.set(dirname(path), manifest)
    folders.set(manifest.name, dirname(path))
  }
  const dev = new Set<string>()
  const lock = readJson('package-lock.json') as { packages: Record<string, { dev?: boolean }> }
  for (const [path, entry] of Object.entries(lock.packages)) if (entry.dev) dev.add(path)

  /** Every file that is reached from one, by its imports and by the files that it names beside itself. */
  function reached(from: string, problems: string[], seen = new Set<string>()): ReadonlySet<string> {
    if (seen.has(from)) return seen
    seen.add(from)
    if (!context.has(from)) problems.push(`${from} is not sent to the builder`)
    if (!existsSync(join(root, from)) || !/\.m?[jt]s$/.test(from)) return seen
    const workspace = from.split('/').slice(0, 2).join('/')
    const text = read(from).replaceAll(/\/\*[\s\S]*?\*\//g, '')
    const imports = [
      ...text.matchAll(/^\s*(?:import|export)\s(?!type\s)(?:[^'"`;]*?\sfrom\s)?'([^']+)'/gm),
      ...text.matchAll(/\bimport\('([^']+)'\)/g),
    ].map(([, target = '']) => target)
    const beside = [...text.matchAll(/new URL\('([^']+)', import\.meta\.url\)/g)].map(([, target = '']) => target)
    const next = [...imports.filter((it) => it.startsWith('.')), ...beside].map((it) =>
      relative(root, resolve(root, dirname(from), it)),
    )
    for (const target of imports.filter((it) => !it.startsWith('.') && !it.startsWith('node:'))) {
      const name = target
        .split('/')
        .slice(0, target.startsWith('@') ? 2 : 1)
        .join('/')
      const manifest = manifests.get(workspace)
      if (manifest?.dependencies?.[name] === undefined)
        problems.push(`${from}: ${name} is no dependency of ${workspace}`)
      const folder = folders.get(name)
      if (folder === undefined) {
        if (dev.has(`node_modules/${name}`)) problems.push(`${from}: ${name} is for development`)
        continue
      }
      const sub = `.${target.slice(name.length)}`
      const file = manifests.get(folder)?.exports?.[sub]
      if (file === undefined) problems.push(`${from}: ${name} exports no ${sub}`)
      else next.push(relative(root, resolve(root, folder, file)))
    }
    for (const path of next) reached(path, problems, seen)
    return seen
  }

  it.each(bins)('is all that %s reaches', (bin) => {
    const problems: string[] = []
    const files = reached(bin, problems)
    expect(problems).toEqual([])
    if (!bin.endsWith('healthy.mjs')) {
      expect(files.size).toBeGreaterThan(100)
      expect([...files].filter((path) => /\/(testing|fixtures|specs)\/|\.spec\./.test(path))).toEqual([])
    }
  })

  it('is nothing that only tests and development need', () => {
    expect([...context].filter((path) => /\.spec\.ts$|\/(fixtures|specs|conformance)\//.test(path))).toEqual([])
    const ofTesting = [...context].filter((path) => path.startsWith('packages/testing') || path.includes('/testing/'))
    expect(ofTesting).toEqual(['packages/testing/package.json'])
    for (const kept of ['.env', '.git', 'node_modules', 'docs', 'test', '.vouch'])
      expect(ignored.ignores(kept)).toBe(true)
  })
})

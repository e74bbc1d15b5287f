import { globSync, readFileSync } from 'node:fs'
import { dirname, relative, resolve } from 'node:path'

/**
 * The import rule between folders: `domain` ← ports and their adapters ← `projector` ← `projections` ← `services`. Here is
 * what each workspace may depend on; that a file imports nothing else than its package.json names is the linter's part.
 * Specs may use @vouch/testing and what it tests together with; nothing else may, whatever its package.json says.
 */
const allowed: Readonly<Record<string, readonly string[]>> = {
  '@vouch/domain': [],
  '@vouch/hash-index': [],
  '@vouch/event-store': ['@vouch/domain', '@vouch/hash-index'],
  '@vouch/warehouse': ['@vouch/domain'],
  '@vouch/observability': [],
  '@vouch/testing': [],
  '@vouch/personal': ['@vouch/domain'],
  '@vouch/chain': ['@vouch/event-store'],
  '@vouch/ingestion': ['@vouch/domain', '@vouch/event-store', '@vouch/personal'],
  '@vouch/messaging': ['@vouch/event-store', '@vouch/ingestion'],
  '@vouch/projector': ['@vouch/domain', '@vouch/event-store', '@vouch/hash-index', '@vouch/warehouse'],
  '@vouch/projection-*': ['@vouch/domain', '@vouch/projector'],
  '@vouch/projections': [
    '@vouch/projection-attribution',
    '@vouch/projection-events',
    '@vouch/projection-ledger',
    '@vouch/projector',
  ],
  '@vouch/relay-service': ['@vouch/event-store', '@vouch/messaging', '@vouch/observability'],
  '@vouch/projector-service': [
    '@vouch/event-store',
    '@vouch/messaging',
    '@vouch/observability',
    '@vouch/projections',
    '@vouch/projector',
    '@vouch/warehouse',
  ],
  '@vouch/cli': [
    '@vouch/chain',
    '@vouch/domain',
    '@vouch/event-store',
    '@vouch/ingestion',
    '@vouch/messaging',
    '@vouch/observability',
    '@vouch/personal',
    '@vouch/projection-attribution',
    '@vouch/projections',
    '@vouch/projector',
    '@vouch/warehouse',
  ],
}

/** What the pure parts may import beyond vouch, in files that are no specs. */
const pure: Readonly<Record<string, readonly string[]>> = {
  '@vouch/domain': ['zod', 'fp-ts', 'uuid', 'ibantools'],
  '@vouch/projection-*': [],
}

interface Manifest {
  readonly name: string
  readonly dependencies?: Readonly<Record<string, string>>
}

/** A table's entry for a workspace; projections share one. */
const entry = <T>(table: Readonly<Record<string, T>>, name: string): T | undefined =>
  table[name] ?? (name.startsWith('@vouch/projection-') ? table['@vouch/projection-*'] : undefined)

const isSpec = (file: string): boolean =>
  /\.(spec|arbitraries|examples|conformance)\.ts$|\/(specs|testing|generate|fixtures)\//.test(file)

/** @returns one sentence for each import that breaks the rule */
export function importProblems(root: string): string[] {
  const problems: string[] = []
  for (const manifestPath of globSync('{packages,projections,services}/*/package.json', { cwd: root })) {
    const folder = resolve(root, dirname(manifestPath))
    const manifest = JSON.parse(readFileSync(resolve(root, manifestPath), 'utf8')) as Manifest
    const { name, dependencies = {} } = manifest
    const may = entry(allowed, name)
    if (!may) {
      problems.push(
        `${manifestPath}: ${name} has no place in the import rule; give it one in scripts/check-imports.ts.`,
      )
      continue
    }
    for (const dependency of Object.keys(dependencies)) {
      if (dependency.startsWith('@vouch/') && !may.includes(dependency)) {
        problems.push(
          `${manifestPath}: ${name} may not depend on ${dependency}; it may on ${may.join(', ') || 'no other'}.`,
        )
      }
    }
    problems.push(...fileProblems(root, folder, name))
  }
  return problems
}

const importPattern = /^\s*(import|export)\s(?:(type)\s)?(?:[^'"]*?\sfrom\s)?['"]([^'"]+)['"]/gm

function fileProblems(root: string, folder: string, name: string): string[] {
  const problems: string[] = []
  const outside = entry(pure, name)
  for (const file of globSync('**/*.ts', { cwd: folder, exclude: (path) => path.includes('node_modules') })) {
    const path = resolve(folder, file)
    const place = relative(root, path)
    for (const [, , type, target = ''] of readFileSync(path, 'utf8').matchAll(importPattern)) {
      if (target.startsWith('.')) {
        if (relative(folder, resolve(dirname(path), target)).startsWith('..')) {
          problems.push(`${place}: ${target} reaches into another workspace; import it by its name.`)
        }
      } else if (/^@vouch\/testing(\/|$)/.test(target) && !isSpec(place)) {
        problems.push(`${place}: ${target} holds doubles and auditors; only specs and their fixtures may import it.`)
      } else if (outside && !isSpec(place) && !target.startsWith('@vouch/')) {
        const known = outside.some((it) => target === it || target.startsWith(`${it}/`))
        if (!known) problems.push(`${place}: ${name} is pure and may not import ${target}.`)
      } else if (
        name.startsWith('@vouch/projection-') &&
        !isSpec(place) &&
        target === '@vouch/projector' &&
        type !== 'type'
      ) {
        problems.push(`${place}: a projection imports types alone from ${target}; write import type.`)
      }
    }
  }
  return problems
}

if (import.meta.main) {
  const problems = importProblems(resolve(import.meta.dirname, '..'))
  for (const problem of problems) console.error(problem)
  if (problems.length > 0) process.exitCode = 1
  else console.log('Imports run one way.')
}

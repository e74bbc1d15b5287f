import { readFileSync } from 'node:fs'
import { registerHooks, stripTypeScriptTypes } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { Folding } from '../stored.ts'
import { type FoldMutant, mutated, root } from './mutant.ts'

/**
 * Loads the projections with one text of their sources changed. The files stay as they are: modules are loaded anew under
 * names of their own ("…/fold.ts?mutant=7"), and the text is changed on its way from the disk to the engine.
 */
const mutants = new Map<string, FoldMutant>()
const plain = new Map<string, string>()

const tagOf = (url: string | undefined): string | undefined => /\?mutant=(\d+)$/.exec(url ?? '')?.[1]

registerHooks({
  resolve(specifier, context, next) {
    const found = next(specifier, context)
    const tag = tagOf(context.parentURL)
    const ours = found.url.startsWith('file:') && !found.url.includes('/node_modules/')
    return tag !== undefined && ours && tagOf(found.url) === undefined
      ? { ...found, url: `${found.url}?mutant=${tag}` }
      : found
  },
  load(url, context, next) {
    const mutant = mutants.get(tagOf(url) ?? '')
    if (mutant === undefined) return next(url, context)
    const file = fileURLToPath(url.replace(/\?.*$/, ''))
    return { format: 'module', source: sourceOf(file, mutant), shortCircuit: true }
  },
})

function sourceOf(file: string, mutant: FoldMutant): string {
  if (file === join(root, mutant.file)) return stripTypeScriptTypes(mutated(mutant, readFileSync(file, 'utf8')))
  const known = plain.get(file) ?? stripTypeScriptTypes(readFileSync(file, 'utf8'))
  plain.set(file, known)
  return known
}

/** The projection of the books as the mutant makes it. @throws what loading it throws */
export async function booksOf(mutant: FoldMutant): Promise<Folding> {
  const tag = String(mutants.size + 1)
  mutants.set(tag, mutant)
  const { ledger } = await import(`${pathToFileURL(join(root, 'projections/ledger/src/index.ts')).href}?mutant=${tag}`)
  return ledger
}

/**
 * The projections as the mutant makes them; parts and pages so small that a small log takes the ways of a large one.
 * @throws what loading them throws
 */
export async function foldsOf(mutant: FoldMutant): Promise<Folding[]> {
  const tag = String(mutants.size + 1)
  mutants.set(tag, mutant)
  const load = async (file: string) => import(`${pathToFileURL(join(root, file)).href}?mutant=${tag}`)
  const { events } = await load('projections/events/src/index.ts')
  const { attribution } = await load('projections/attribution/src/index.ts')
  const { fold, foldInParts } = await load('projections/attribution/src/fold.ts')
  const small: Pick<Folding, 'fold' | 'foldInParts'> = {
    fold: (state, logged) => fold(state, logged, 2),
    foldInParts: (state, logged) => foldInParts(state, logged, 3, 2, 2),
  }
  return [events, { ...attribution, ...small }]
}

import { globSync, readFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { join } from 'node:path'
import { type FoldMutant, root } from './mutant.ts'

/** What a fold is made of: rules of the domain, and the projection itself; not what parses, keeps, describes or explains. */
export const sources: readonly string[] = globSync(
  ['packages/domain/src/{attribution,rewards}/*.ts', 'packages/domain/src/*.ts', 'projections/attribution/src/*.ts'],
  { cwd: root },
)
  .concat(
    'packages/domain/src/terms/compiled.ts',
    'packages/domain/src/terms/versions.ts',
    'projections/events/src/index.ts',
  )
  .filter((file) => !/\.(spec|arbitraries|examples|generated)\.ts$/.test(file))
  .filter(
    (file) =>
      !/\/(index|explain|laws|state|packing|canonical|ids|text|personal|quote|duration|currency|money|rate|code)\.ts$/.test(
        file,
      ),
  )
  .concat('projections/events/src/index.ts')
  .sort()

/** Small changes of operators and constants, tried wherever they stand. */
const swaps: readonly (readonly [string, string])[] = [
  [' <= ', ' < '],
  [' < ', ' <= '],
  [' >= ', ' > '],
  [' > ', ' >= '],
  [' === ', ' !== '],
  [' !== ', ' === '],
  [' && ', ' || '],
  [' || ', ' && '],
  [' + ', ' - '],
  [' - ', ' + '],
  [' * ', ' + '],
  [' ?? ', ' && '],
  ['true', 'false'],
  ['false', 'true'],
  ['0n', '1n'],
  ['1n', '2n'],
  ['if (!', 'if ('],
  ['.findLast(', '.find('],
  ['.find(', '.findLast('],
  ['.findLastIndex(', '.findIndex('],
  ['.some(', '.every('],
  ['.every(', '.some('],
  ['.pop()', '.shift()'],
  ['.at(-1)', '.at(0)'],
  ['Math.max(', 'Math.min('],
  ['Math.min(', 'Math.max('],
  ['Math.round(', 'Math.floor('],
  ['-1n', '1n'],
]

/** A statement on a line of its own: a call, an assignment, or a way out under a condition. */
const statement =
  /^ +(?:[\w.?]+\(.*\)|[\w.]+(?:\[[^\]]*\])? (?:=|\+=|-=|\?\?=) .*[^{[(,]|[\w.]+\+\+|if \(.*\) (?:return|continue|break).*|if \(.*\) [\w.]+\(.*\)|for \(.*\) [\w.(].*\))$/

/** Every small change in every place: an operator for its neighbour, a constant for another, a statement left out. */
export function mechanicalMutants(files: readonly string[] = sources): FoldMutant[] {
  return files.flatMap((file) => {
    const source = readFileSync(join(root, file), 'utf8')
    // Types are blanked, so that what is left is code and offsets stay.
    const code = withoutComments(stripTypeScriptTypes(source))
    return numbered([...swapped(file, source, code), ...leftOut(file, source, code)])
  })
}

/** Names that would be the same are told apart by their place in the file. */
function numbered(mutants: readonly FoldMutant[]): FoldMutant[] {
  const seen = new Map<string, number>()
  return mutants.map((mutant) => {
    const count = (seen.get(mutant.name) ?? 0) + 1
    seen.set(mutant.name, count)
    return count === 1 ? mutant : { ...mutant, name: `${mutant.name} (${count})` }
  })
}

const withoutComments = (code: string): string =>
  code.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, (comment) => comment.replace(/[^\n]/g, ' '))

function swapped(file: string, source: string, code: string): FoldMutant[] {
  return swaps.flatMap(([from, to]) => {
    const found: FoldMutant[] = []
    for (let at = code.indexOf(from); at >= 0; at = code.indexOf(from, at + 1)) {
      if (isWithinWord(code, at, from)) continue
      found.push(
        mutantAt({ file, source, at, length: from.length, to, says: `\`${to.trim()}\` for \`${from.trim()}\`` }),
      )
    }
    return found
  })
}

const isWithinWord = (code: string, at: number, from: string): boolean =>
  (/^\w/.test(from) && /[\w'.]/.test(code[at - 1] ?? '')) ||
  (/\w$/.test(from) && /[\w']/.test(code[at + from.length] ?? ''))

function leftOut(file: string, source: string, code: string): FoldMutant[] {
  let at = 0
  return code.split('\n').flatMap((line) => {
    const start = at
    at += line.length + 1
    if (!statement.test(line) || depthOf(line) !== 0) return []
    return [mutantAt({ file, source, at: start, length: line.length, to: '', says: '' })]
  })
}

const depthOf = (line: string): number =>
  [...line].reduce((depth, sign) => depth + ('([{'.includes(sign) ? 1 : ')]}'.includes(sign) ? -1 : 0), 0)

interface Place {
  readonly file: string
  readonly source: string
  readonly at: number
  readonly length: number
  readonly to: string
  readonly says: string
}

/** With so much around it that the place is the only one of its kind in the file. */
function mutantAt({ file, source, at, length, to, says }: Place): FoldMutant {
  let [start, end] = [at, at + length]
  while (source.indexOf(source.slice(start, end)) !== source.lastIndexOf(source.slice(start, end))) {
    start = Math.max(0, source.lastIndexOf('\n', start - 2) + 1)
    end = Math.max(end, (source.indexOf('\n', end) + source.length + 1) % (source.length + 1))
  }
  const lineStart = source.lastIndexOf('\n', at - 1) + 1
  const line = source.slice(lineStart, (source.indexOf('\n', at) + source.length + 1) % (source.length + 1)).trim()
  const old = source.slice(start, end)
  const instead = old.slice(0, at - start) + to + old.slice(at - start + length)
  const name = to === '' ? `without \`${line}\`` : `${says} in \`${line}\``
  return { name, file, old, new: instead }
}

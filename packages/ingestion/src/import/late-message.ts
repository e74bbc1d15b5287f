import type { LateFact, LateFacts } from './horizon.ts'

/** Says which facts are too late, by how much, and what can be done. */
export function lateMessage({ count, first }: LateFacts, paths: readonly string[]): string {
  const facts = count === 1 ? '1 fact' : `${count} facts`
  const list = first.map((fact) => `  ${describe(fact, paths)}`).join('\n')
  const more = count > first.length ? `\n  and ${count - first.length} more` : ''
  return `${facts} would come too late to be taken into account, so nothing was imported. Add --accept-late to keep what is too late as exclusions:\n${list}${more}`
}

const describe = ({ file, line, id, programId, lateMs, horizonMs }: LateFact, paths: readonly string[]): string =>
  `${paths[file]}:${line} ${id}: ${duration(lateMs)} behind the clock of ${programId}, whose horizon is ${duration(horizonMs)}`

const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
  ['ms', 1],
] as const

/** The two largest units that are not zero, e.g. '90d' or '12d 4h'. */
function duration(ms: number): string {
  const parts: string[] = []
  let rest = ms
  for (const [name, size] of units) {
    if (rest >= size && parts.length < 2) parts.push(`${Math.floor(rest / size)}${name}`)
    rest %= size
  }
  return parts.join(' ') || '0s'
}

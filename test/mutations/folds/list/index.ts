import type { FoldMutant } from '../mutant.ts'
import { mechanicalMutants } from '../sites.ts'
import { amounts } from './amounts.ts'
import { equivalents } from './equivalents.ts'
import { log } from './log.ts'
import { paths } from './paths.ts'
import { rewards } from './rewards.ts'

/** Mistakes in rules, each named by what it would mean to those who are paid. */
export const ruleMutants: readonly FoldMutant[] = [paths, amounts, rewards, log]
  .flatMap((mistakes) => Object.entries(mistakes))
  .flatMap(([file, own]) =>
    own.map(([name, old, instead, equivalent]): FoldMutant => {
      return { name, file, old, new: instead, ...(equivalent === undefined ? {} : { equivalent }) }
    }),
  )

export interface SiteMutants {
  readonly mutants: readonly FoldMutant[]
  /** One sentence for each that is listed as equivalent and is no more. */
  readonly unknown: readonly string[]
}

/** A small change in every place; those that no log could tell are marked as such. */
export function siteMutants(): SiteMutants {
  const listed = Object.entries(equivalents).flatMap(([reason, own]) =>
    own.map(([file, name]) => ({ reason, file, name })),
  )
  const all = mechanicalMutants()
  const means = ({ file, name }: (typeof listed)[number], mutant: FoldMutant): boolean =>
    file === mutant.file && (name.endsWith('…') ? mutant.name.startsWith(name.slice(0, -1)) : mutant.name === name)
  const mutants = all.map((mutant) => {
    const found = listed.find((one) => means(one, mutant))
    return found === undefined ? mutant : { ...mutant, equivalent: found.reason }
  })
  const gone = listed.filter((one) => !all.some((mutant) => means(one, mutant)))
  const unknown = gone.map(({ file, name }) => `listed as equivalent, but there is no such place: ${file}: ${name}`)
  return { mutants, unknown }
}

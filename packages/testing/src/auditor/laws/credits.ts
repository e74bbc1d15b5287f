import { models } from '../../oracle/log.ts'
import { unitsOf } from '../row.ts'
import { add, cell, decimalOf, type Finding, keyOfCells, type Law, momentsOf, ofTable } from './law.ts'

const whole = 1_000_000_000n

export const credits: Law = {
  name: 'credits',
  says: 'After every event, for each conversion, credits sum to 1 and amounts to its net under each of the five models, or nothing is credited under any',
  check(log, rows) {
    const nets = new Map<string, bigint>()
    const credited = new Map<string, bigint>()
    const amounts = new Map<string, bigint>()
    const found: Finding[] = []
    for (const { position, rows: own } of momentsOf(log, rows)) {
      const changed = new Set<string>()
      for (const row of ofTable(own, 'conversions')) {
        const conversion = keyOfCells(row, 'program_id', 'conversion_id', 'currency')
        add(nets, conversion, unitsOf(cell(row, 'amount')))
        changed.add(conversion)
      }
      for (const row of ofTable(own, 'attributions')) {
        const conversion = keyOfCells(row, 'program_id', 'conversion_id', 'currency')
        add(credited, `${conversion}|${cell(row, 'model')}`, unitsOf(cell(row, 'credit')))
        add(amounts, `${conversion}|${cell(row, 'model')}`, unitsOf(cell(row, 'amount')))
        changed.add(conversion)
      }
      for (const conversion of changed) {
        const of = (sums: ReadonlyMap<string, bigint>) =>
          models.map((model) => sums.get(`${conversion}|${model}`) ?? 0n)
        const net = nets.get(conversion) ?? 0n
        const [first = 0n] = of(credited)
        const even = of(credited).every((credit) => credit === first) && (first === 0n || first === whole)
        const right = of(amounts).every((amount) => amount === (first === 0n ? 0n : net))
        if (even && right) continue
        const seen = models.map(
          (model, index) =>
            `${model} ${decimalOf(of(credited)[index] ?? 0n)} of ${decimalOf(of(amounts)[index] ?? 0n)}`,
        )
        const says = `${conversion} has a net of ${decimalOf(net)} and is credited by ${seen.join(', ')}`
        found.push({ law: 'credits', table: 'attributions', position, says })
      }
    }
    return found
  },
}

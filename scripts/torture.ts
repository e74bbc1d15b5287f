import { parseArgs } from 'node:util'
import { points } from '../test/torture/points.ts'
import { type Summary, torture } from '../test/torture/torture.ts'

/** `npm run torture -- --kills N [--seed S]`: kills real processes of vouch, and says what they left behind. */
const { values } = parseArgs({ options: { kills: { type: 'string', default: '100' }, seed: { type: 'string' } } })
const kills = wholeNumber('--kills', values.kills)
const seed = wholeNumber('--seed', values.seed ?? String(Math.floor(Math.random() * 1_000_000)))

function wholeNumber(name: string, text: string): number {
  const number = Number(text)
  if (Number.isSafeInteger(number) && number >= 1) return number
  console.error(`${name} ${text} is no whole number from 1 on.`)
  process.exit(2)
}

console.log(`${kills} kills, seed ${seed}`)
try {
  const onKill = (_kill: unknown, total: number) => {
    if (total % 10 === 0) console.log(`${total} killed`)
  }
  report(await torture({ kills, seed, onKill }))
} catch (error) {
  console.error(error instanceof Error ? error.stack : error)
  console.error(`It was found with --seed ${seed}; moments are not repeated exactly, as clocks are not.`)
  process.exit(1)
}

function report(summary: Summary): void {
  const { startsMs, seconds } = summary
  const counted = (names: readonly string[]) => {
    const counts = new Map<string, number>()
    for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
    return counts
  }
  const startAt = (share: number) => `${((startsMs[Math.ceil(startsMs.length * share) - 1] ?? 0) / 1000).toFixed(1)} s`
  console.log('\n| killed at | kills |\n|---|---:|')
  const atPoints = counted(summary.kills.map(({ at }) => at ?? 'a random moment'))
  for (const { name } of points) console.log(`| ${name} | ${atPoints.get(name) ?? 0} |`)
  console.log(`| a random moment | ${atPoints.get('a random moment') ?? 0} |`)
  console.log('\n| killed | kills |\n|---|---:|')
  for (const [life, count] of counted(summary.kills.map((it) => it.life))) console.log(`| ${life} | ${count} |`)
  console.log(`
${summary.kills.length} kills on ${summary.folders} folders in ${Math.round(seconds)} s; ${summary.survived} processes came to their end before.
${summary.requests} requests, ${summary.unanswered} of them unanswered, ${summary.sentAgain} of these sent again.
${summary.acknowledged} acknowledgements, all kept; nothing counts twice; ${summary.proofs} times all tables were right.
${startsMs.length} starts of a server until it was ready: half within ${startAt(0.5)}, 95 % within ${startAt(0.95)}, the longest ${startAt(1)}.`)
}

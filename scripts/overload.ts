import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism, totalmem } from 'node:os'
import { parseArgs } from 'node:util'
import { overload } from '../test/overload/overload.ts'
import { report } from '../test/overload/report.ts'

/** `npm run overload -- --minutes M [--write]`: twice the load that a server can take, and what came of it. */
const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '1' }, write: { type: 'boolean', default: false } },
})
const minutes = Number(values.minutes)
if (!(minutes > 0 && minutes <= 24 * 60)) {
  console.error(`--minutes ${values.minutes} is no time; give minutes, such as 5 or 0.5.`)
  process.exit(2)
}

const outcome = await overload({
  seconds: minutes * 60,
  tryOutSeconds: 8,
  quietSeconds: 3,
  times: 2,
  onPhase: (what) => console.log(`== ${what}`),
  onSecond: ({ at, offered, accepted, turnedAway, server }) => {
    if (at % 10 !== 0 || offered + (server?.behind ?? 0) === 0) return
    const memory = Math.round((server?.rssBytes ?? 0) / 2 ** 20)
    console.log(
      `${at} s: ${offered} offered, ${accepted} accepted, ${turnedAway} turned away, ${memory} MiB, ${server?.behind ?? '?'} behind`,
    )
  },
})
const text = report(outcome)
console.log(text)
if (values.write) writeDocument(text)

const problems = [...outcome.problems]
if (outcome.counts['turned away'] === 0) problems.push('Nothing was turned away: this was no overload.')
if (!/ equal the fold of the log /.test(outcome.verified)) problems.push(`vouch verify: ${outcome.verified}`)
for (const problem of problems) console.error(problem)
process.exitCode = problems.length === 0 ? 0 : 1

/** Puts the figures in their place in the documents, with what they were measured on. */
function writeDocument(figures: string): void {
  const path = new URL('../docs/proof/overload.md', import.meta.url)
  const git = (...words: string[]) => execFileSync('git', words, { encoding: 'utf8' }).trim()
  const machine = `${availableParallelism()} cores, ${Math.round(totalmem() / 2 ** 30)} GB`
  const made = `\`npm run overload -- --minutes ${minutes}\`, ${new Date().toISOString().slice(0, 10)}, commit ${git('rev-parse', '--short', 'HEAD')}, on ${machine} that other work shared:`
  const [before = ''] = readFileSync(path, 'utf8').split('<!-- figures -->')
  writeFileSync(path, `${before}<!-- figures -->\n\n${made}\n\n${figures}`)
}

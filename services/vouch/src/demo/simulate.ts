import { day } from './calendar.ts'
import { runJourneys } from './journeys.ts'
import { makeMistakes, repeat } from './mistakes.ts'
import { addOdds } from './odds.ts'
import { runProgram } from './program.ts'
import { randomFrom } from './random.ts'
import { shareLinks } from './shares.ts'
import { tellStories } from './stories.ts'
import { openWire, type Report } from './wire.ts'

/** All that apps report, in the order in which it arrives; the same seed gives the same bytes. */
export function simulate(seed: number): readonly Report[] {
  const wire = openWire()
  runProgram(wire)
  runJourneys(randomFrom(seed), wire, shareLinks(randomFrom(seed + 1), wire))
  tellStories(wire)
  addOdds(wire)
  makeMistakes(wire)
  const reports = [...wire.reports, ...repeat(randomFrom(seed + 2), wire.reports)]
  return reports.sort((a, b) => a.arrivesAt - b.arrivesAt)
}

/** What is offered to the log at once, so that it shares commits; the tables follow after each. */
export type Wave = readonly [Report, ...Report[]]

const waveMs = 30 * day

/** Cuts the reports into waves. Terms have one of their own: they are decided on by what the log has when they come. */
export function wavesOf(reports: readonly Report[]): readonly Wave[] {
  const waves: [Report, ...Report[]][] = []
  for (const report of reports) {
    const last = waves.at(-1)
    const apart = report.isPublication || last?.[0].isPublication
    if (last === undefined || apart || report.arrivesAt >= last[0].arrivesAt + waveMs) waves.push([report])
    else last.push(report)
  }
  return waves
}

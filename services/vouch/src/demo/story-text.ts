import type { Model } from '@vouch/domain'
import { explanationText } from '../commands/explain-text.ts'
import type { FullExplanation } from '../explanation.ts'
import { readable } from './amounts.ts'
import { clip, grid, named, type Paper, section, wrap } from './layout.ts'
import type { Report } from './report.ts'
import type { ToldStory } from './retell.ts'

/** What was known before and after the cause of each story. */
export function retold({ stories, program }: Report, paper: Paper): string {
  return section(
    paper,
    'What came out later, and what it changed',
    'Corrections are further rows, never edits: what was known before is a sum over the rows up to a log position.',
    ...stories.map((story) => `\n${storyText(story, program.currency, paper)}`),
  )
}

function storyText(story: ToldStory, home: string, paper: Paper): string {
  const change = ({ before, after }: { before: string; after: string }) => [readable(before), '→', readable(after)]
  const rows = story.changes.map((it) => [named(it.advocateId, it.role), ...change(it.revenue), ...change(it.reward)])
  return [
    paper.strong(story.title) + paper.quiet(` (${story.conversionId}, log position ${story.position})`),
    wrap(story.told, paper.width),
    grid(paper, ['advocate', `>revenue ${story.currency}`, '', '>', `>reward ${home}`, '', '>'], rows),
  ].join('\n')
}

/** The richest path in full. */
export function explained({ explanation, program }: Report, paper: Paper): string {
  const text = explanationText(shortened(explanation, program.rewardBy))
  return section(
    paper,
    'Why, for one conversion',
    'The one with the late click, as "vouch explain" prints it, but for the rows of models that do not pay.',
    '',
    text
      .split('\n')
      .map((line) => clip(paper, line))
      .join('\n'),
  )
}

/** Without the rows of models that do not pay, and times to the minute. */
function shortened(it: FullExplanation, rewardBy: Model): FullExplanation {
  const minute = (time: string) => time.slice(0, 16).replace('T', ' ')
  return {
    ...it,
    occurredAt: minute(it.occurredAt),
    amount: { ...it.amount, corrections: it.amount.corrections.map((one) => ({ ...one, at: minute(one.at) })) },
    path: it.path.map((touch) => ({ ...touch, at: minute(touch.at) })),
    lost: it.lost.map((touch) => ({ ...touch, at: minute(touch.at) })),
    rows: it.rows.filter((row) => row.model === undefined || row.model === rewardBy),
  }
}

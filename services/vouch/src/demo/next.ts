import { stories } from './stories.ts'
import { programId } from './terms.ts'

/** Something to try next, as it is typed. */
export interface Next {
  readonly why: string
  readonly command: string
}

/** @param data the demo's folder as the user named it */
export function nextCommands(data: string): readonly Next[] {
  const folder = quoted(data)
  const [, second] = stories
  const query = 'SELECT channel, count() AS touches FROM touches GROUP BY channel'
  return [
    { why: 'Ask the tables anything:', command: `npx vouch sql --data ${folder} "${query}"` },
    {
      why: 'Ask why, for the person on two devices:',
      command: `npx vouch explain conversion ${second?.conversionId} --program ${programId} --data ${folder}`,
    },
    { why: 'Fold the log again, and compare:', command: `npx vouch verify --data ${folder}` },
  ]
}

/** As a shell takes it for one word. */
const quoted = (text: string): string =>
  /^[\w./~@%+=:,-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`

import type { Incoming } from '../incoming.ts'
import type { FileToImport } from './files.ts'

/**
 * Tells of each line of a file whether it may hold personal data. Such a line is kept nowhere as it stands, neither while it
 * is sorted nor among the rejects. Of a row its mapping says so; of a line that cannot be read, that it has the word.
 */
export function aboutSomebodyIn({ mapping }: FileToImport): (input: string, incoming: Incoming) => boolean {
  if (mapping) {
    const isMapped = JSON.stringify(mapping.events.map(({ data }) => data)).includes('"personal"')
    return () => isMapped
  }
  return (input, incoming) => {
    if (incoming.tag === 'unreadable') return /personal/i.test(input)
    return (incoming.value as { data?: { personal?: unknown } } | null)?.data?.personal !== undefined
  }
}

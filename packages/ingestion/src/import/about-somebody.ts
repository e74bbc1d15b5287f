import type { Incoming } from '../incoming.ts'
import type { FileToImport } from './files.ts'

/**
 * Tells of each line of a file whether it may hold personal data. Such a line is kept nowhere as it stands, neither while it
 * is sorted nor among the rejects. Of a row its mapping says so; of a line that cannot be read, that it has the word. Of a
 * payee all is: bank details may stand where they should not.
 */
export function aboutSomebodyIn({ mapping }: FileToImport): (input: string, incoming: Incoming) => boolean {
  if (mapping) {
    const isMapped = mapping.events.some(
      ({ type, data }) => payee.test(type) || JSON.stringify(data).includes('"personal"'),
    )
    return () => isMapped
  }
  return (input, incoming) => {
    if (incoming.tag === 'unreadable') return /personal/i.test(input) || payee.test(input)
    const { type, data } = (incoming.value ?? {}) as { type?: unknown; data?: { personal?: unknown } | null }
    return data?.personal !== undefined || payee.test(String(type))
  }
}

/** Also in a type that was misspelt. */
const payee = /payee/i

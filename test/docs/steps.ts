import type { Block } from './markdown.ts'

/** A command of a document, and what the document says comes of it. */
export interface Command {
  readonly line: number
  readonly text: string
  readonly exitCode: number
  /** As shown below it; `…` stands for anything, and on a line of its own for any lines. Empty: nothing is said. */
  readonly output: readonly string[]
}

const exits = /\s+# exits (\d+)$/

/**
 * The commands of a block of shell. Where lines begin with `$ `, those are commands and the others their output; a block
 * without any is commands alone. A command ending in `\` goes on in the next line; `# ` before the first one is a comment.
 * @throws Error for output that belongs to no command
 */
export function commandsOf({ line: fenceLine, lines }: Block): Command[] {
  const prompted = lines.some((line) => line.startsWith('$ '))
  const commands: { line: number; text: string; exitCode: number; output: string[] }[] = []
  let goesOn = false
  lines.forEach((shown, index) => {
    const line = fenceLine + 1 + index
    const current = commands.at(-1)
    if (goesOn && current) {
      current.text = `${current.text.slice(0, -1).trimEnd()} ${shown.trim()}`
    } else if (prompted ? shown.startsWith('$ ') : shown.trim() !== '' && !shown.startsWith('#')) {
      commands.push({ line, text: prompted ? shown.slice(2).trim() : shown.trim(), exitCode: 0, output: [] })
    } else if (current && prompted) {
      current.output.push(shown)
    } else if (shown.trim() !== '' && !shown.startsWith('#')) {
      throw new Error(`Line ${line} is output of no command: ${shown}`)
    }
    goesOn = commands.at(-1)?.text.endsWith('\\') ?? false
  })
  if (commands.length === 0)
    throw new Error(`The block in line ${fenceLine} has no command; if it shows none, call it text.`)
  return commands.map(({ line, text, output }) => {
    const code = exits.exec(text)?.[1]
    while (output.at(-1)?.trim() === '') output.pop()
    return { line, text: text.replace(exits, ''), exitCode: Number(code ?? 0), output }
  })
}

/** Whether a command's output is what the document shows. */
export function isShown(shown: readonly string[], output: string): boolean {
  const pattern = shown
    .map((line) =>
      line.trim() === '…' ? '(?:[^\\n]*\\n)*?' : `${line.trimEnd().split('…').map(escaped).join('[^\\n]*')}[ \\t]*\\n`,
    )
    .join('')
  return new RegExp(`^${pattern}$`).test(output === '' || output.endsWith('\n') ? output : `${output}\n`)
}

const escaped = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')

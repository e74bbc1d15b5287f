/** A fenced block of a Markdown file. */
export interface Block {
  /** Line of its fence, from 1. */
  readonly line: number
  /** What stands behind the fence, such as `console`, or `json event file=late.ndjson`. */
  readonly info: string
  readonly lines: readonly string[]
}

export interface Link {
  readonly line: number
  readonly target: string
}

export interface Page {
  readonly blocks: readonly Block[]
  readonly links: readonly Link[]
  /** What `#…` may name. */
  readonly anchors: ReadonlySet<string>
}

const fence = /^( *)(`{3,}|~{3,})\s*(.*)$/
const heading = /^#{1,6}\s+(.*?)\s*#*\s*$/
const codeSpan = /(`+)(?!`)(?:(?!\n\s*\n)[\s\S])*?[^`]\1(?!`)/g
const links = [
  /\[(?:[^\]\\]|\\.)*\]\(\s*<?([^\s)>]+)>?(?:\s+"[^"]*")?\s*\)/g,
  /^[ \t]*\[[^\]\n]+\]:[ \t]*<?([^\s>]+)>?/gm,
  /<(?:a|img)\s[^>]*?(?:href|src)="([^"]+)"/g,
]
const htmlAnchor = /<a\s[^>]*?(?:id|name)="([^"]+)"/g

/** Reads what can be tried of a Markdown file. @throws Error for a fence that is never closed */
export function readPage(text: string): Page {
  const { blocks, prose } = partsOf(text)
  const anchors = new Set<string>()
  for (const line of prose.split('\n')) {
    const title = heading.exec(line)?.[1]
    if (title !== undefined) addAnchor(anchors, slugOf(title))
    for (const [, name = ''] of line.matchAll(htmlAnchor)) anchors.add(name)
  }
  return { blocks, links: linksOf(prose), anchors }
}

/** The blocks, and the text with empty lines in their place. */
function partsOf(text: string): { readonly blocks: readonly Block[]; readonly prose: string } {
  const blocks: Block[] = []
  const prose: string[] = []
  let open: { mark: string; indent: number; block: Block; lines: string[] } | undefined
  text.split(/\r?\n/).forEach((line, index) => {
    const mark = fence.exec(line)
    if (open === undefined && mark) {
      const lines: string[] = []
      const block = { line: index + 1, info: mark[3] ?? '', lines }
      open = { mark: mark[2] ?? '', indent: mark[1]?.length ?? 0, block, lines }
    } else if (open && mark && mark[3] === '' && mark[2]?.startsWith(open.mark)) {
      blocks.push(open.block)
      open = undefined
    } else if (open) {
      open.lines.push(line.slice(Math.min(open.indent, line.length - line.trimStart().length)))
    } else {
      prose.push(line)
      return
    }
    prose.push('')
  })
  if (open) throw new Error(`The block that begins in line ${open.block.line} is never closed.`)
  return { blocks, prose: prose.join('\n') }
}

/** Links may go over a line break; those in code are none. */
function linksOf(prose: string): Link[] {
  const withoutCode = prose.replaceAll(codeSpan, (code) => code.replaceAll(/[^\n]/g, ' '))
  return links
    .flatMap((pattern) =>
      [...withoutCode.matchAll(pattern)].map(({ index, 0: whole, 1: target = '' }) => ({
        line: withoutCode.slice(0, index + whole.search(/\S/)).split('\n').length,
        target,
      })),
    )
    .sort((a, b) => a.line - b.line)
}

/** The second of two headings alike has -1 behind its name, the third -2. */
function addAnchor(anchors: Set<string>, slug: string): void {
  let name = slug
  for (let again = 1; anchors.has(name); again++) name = `${slug}-${again}`
  anchors.add(name)
}

/** The name that GitHub gives a heading. */
function slugOf(title: string): string {
  return title
    .replaceAll(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\p{M}_\- ]/gu, '')
    .replaceAll(' ', '-')
}

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
const inlineLink = /\[(?:[^\]\\]|\\.)*\]\(\s*<?([^\s)>]+)>?(?:\s+"[^"]*")?\s*\)/g
const namedLink = /^\s*\[[^\]]+\]:\s*(\S+)/g
const htmlLink = /<(?:a|img)\s[^>]*?(?:href|src)="([^"]+)"/g
const htmlAnchor = /<a\s[^>]*?(?:id|name)="([^"]+)"/g

/** Reads what can be tried of a Markdown file. @throws Error for a fence that is never closed */
export function readPage(text: string): Page {
  const blocks: Block[] = []
  const links: Link[] = []
  const anchors = new Set<string>()
  let open: { mark: string; indent: number; block: Block; lines: string[] } | undefined
  text.split(/\r?\n/).forEach((line, index) => {
    const mark = fence.exec(line)
    if (open) {
      if (mark && mark[3] === '' && mark[2]?.startsWith(open.mark)) {
        blocks.push(open.block)
        open = undefined
      } else open.lines.push(line.slice(Math.min(open.indent, line.length - line.trimStart().length)))
      return
    }
    if (mark) {
      const lines: string[] = []
      const block = { line: index + 1, info: mark[3] ?? '', lines }
      open = { mark: mark[2] ?? '', indent: mark[1]?.length ?? 0, block, lines }
      return
    }
    const title = heading.exec(line)?.[1]
    if (title !== undefined) addAnchor(anchors, slugOf(title))
    for (const [, name = ''] of line.matchAll(htmlAnchor)) anchors.add(name)
    const prose = line.replaceAll(/(`+)(?!`).*?[^`]\1(?!`)/g, '')
    for (const pattern of [inlineLink, namedLink, htmlLink])
      for (const [, target = ''] of prose.matchAll(pattern)) links.push({ line: index + 1, target })
  })
  if (open) throw new Error(`The block that begins in line ${open.block.line} is never closed.`)
  return { blocks, links, anchors }
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

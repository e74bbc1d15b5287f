import { styleText } from 'node:util'
import Table from 'cli-table3'
import type { Output } from '../context.ts'

/** Words and colours for one output; plain where it is no terminal, or the user wants none (NO_COLOR). */
export interface Paper {
  /** Columns to fill. */
  readonly width: number
  /** Whether a longer line would be broken at the edge. */
  readonly hasEdge: boolean
  heading(text: string): string
  quiet(text: string): string
  strong(text: string): string
  bar(text: string): string
  good(text: string): string
}

const defaultWidth = 100
const maxWidth = 140

export function paperFor(out: Output): Paper {
  const paint =
    (...format: ('bold' | 'dim' | 'cyan' | 'green')[]) =>
    (text: string) =>
      out.isTTY ? styleText(format, text, { stream: out }) : text
  return {
    width: Math.min(out.columns ?? defaultWidth, maxWidth),
    hasEdge: out.isTTY ?? false,
    heading: paint('bold', 'cyan'),
    quiet: paint('dim'),
    strong: paint('bold'),
    bar: paint('cyan'),
    good: paint('green'),
  }
}

/** Breaks a text between words, so that no line is longer than the width where that can be. */
export function wrap(text: string, width: number, indent = ''): string {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    const longer = line === '' ? `${indent}${word}` : `${line} ${word}`
    if (longer.length <= width || line === '') line = longer
    else {
      lines.push(line)
      line = `${indent}${word}`
    }
  }
  return [...lines, line].join('\n')
}

const parts = [
  'top',
  'top-mid',
  'top-left',
  'top-right',
  'bottom',
  'bottom-mid',
  'bottom-left',
  'bottom-right',
  'left',
  'left-mid',
  'mid',
  'mid-mid',
  'right',
  'right-mid',
] as const

/** Columns without lines; names of columns that hold numbers begin with '>' and stand to the right. */
export function grid(paper: Paper, head: readonly string[], rows: readonly (readonly string[])[]): string {
  const drawn = new Table({
    head: head.map((name) => paper.quiet(name.replace('>', ''))),
    colAligns: head.map((name) => (name.startsWith('>') ? 'right' : 'left')),
    chars: { ...Object.fromEntries(parts.map((part) => [part, ''])), middle: '  ' },
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  })
  for (const row of rows) drawn.push([...row])
  const text = drawn.toString()
  return text
    .split('\n')
    .map((line) => `  ${line.trimEnd()}`)
    .join('\n')
}

const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'] as const

/** A bar of up to `cells` cells for a part of the largest, to an eighth of a cell; something for all that is above zero. */
export function bar(part: bigint, largest: bigint, cells: number): string {
  if (part <= 0n || largest <= 0n) return ''
  const length = Number((part * BigInt(cells) * 8n) / largest) || 1
  return '█'.repeat(length >> 3) + eighths[length & 7]
}

/** Cuts what is too long for a line of a terminal, and shows that it did; a file has room for all. */
export const clip = ({ width, hasEdge }: Paper, line: string): string =>
  !hasEdge || line.length <= width ? line : `${line.slice(0, width - 1).trimEnd()}…`

/** A heading, a few words on how to read what follows, and that. */
export const section = (paper: Paper, title: string, note: string, ...body: string[]): string =>
  [paper.heading(title), wrap(note, paper.width), ...body].join('\n')

/** Rewards for what an advocate's children brought are a balance of their own. */
export const named = (id: string, role: 'advocate' | 'upline'): string => (role === 'upline' ? `${id} (upline)` : id)

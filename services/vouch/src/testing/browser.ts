import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

/** What a real browser makes of pages, and poppler of what it prints. Both are programs of the machine. */
export interface Browser {
  /** Prints the page as anybody would, and reads the paper. */
  print(page: string): Printed
  /** The document that a page has become, as HTML, when its scripts have run. */
  documentOf(page: string): string
  close(): void
}

export interface Printed {
  /** The size of its sheets, points. */
  readonly width: number
  readonly height: number
  /** The text of each sheet. */
  readonly sheets: readonly string[]
  /** Where each word lies, points from the left of its sheet. */
  readonly words: readonly { readonly text: string; readonly left: number; readonly right: number }[]
}

export function openBrowser(): Browser {
  const dir = mkdtempSync(join(tmpdir(), 'vouch-browser-'))
  let count = 0
  const chromium = (page: string, ...words: readonly string[]): string => {
    const path = join(dir, `${++count}.html`)
    writeFileSync(path, page)
    // Root may not have its sandbox; the pages are our own.
    const usual = ['--headless', '--no-sandbox', '--disable-gpu', `--user-data-dir=${join(dir, 'profile')}`]
    return run('chromium', [...usual, ...words, pathToFileURL(path).href])
  }
  return {
    print(page) {
      const pdf = join(dir, 'printed.pdf')
      chromium(page, '--no-pdf-header-footer', `--print-to-pdf=${pdf}`)
      const [, width, height] = /^Page size: +([\d.]+) x ([\d.]+) pts/m.exec(run('pdfinfo', [pdf])) ?? []
      const boxes = run('pdftotext', ['-bbox', pdf, '-'])
      return {
        width: Number(width),
        height: Number(height),
        sheets: run('pdftotext', ['-layout', pdf, '-']).split('\f').slice(0, -1),
        words: [...boxes.matchAll(/<word xMin="([-\d.]+)" .*? xMax="([-\d.]+)".*?>(.*?)<\/word>/g)].map(
          ([, left, right, text = '']) => ({ text, left: Number(left), right: Number(right) }),
        ),
      }
    },
    documentOf: (page) => chromium(page, '--dump-dom'),
    close: () => rmSync(dir, { recursive: true, force: true }),
  }
}

function run(command: string, words: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(command, words, { encoding: 'utf8', timeout: 60_000 })
  if (status !== 0) throw new Error(`${command} ended with ${status}: ${error?.message ?? stderr}`)
  return stdout
}
